#include "bench/load/filter_load.h"

#include <grpcpp/client_context.h>

#include <bit>
#include <chrono>
#include <random>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "bench/load/dataset.h"
#include "dnc/v1/check.grpc.pb.h"

namespace dnc::bench {
namespace {

constexpr size_t kBlocks = 32;
constexpr int kBlockPhones = 8'192;
constexpr size_t kWindow = 4;  // blocks sent and not answered

using Stream =
    grpc::ClientReaderWriterInterface<v1::FilterContactsRequest, v1::FilterContactsResponse>;

v1::FilterContactsRequest Config() {
  v1::FilterContactsRequest request;
  v1::FilterConfig& config = *request.mutable_config();
  config.set_organization(std::string(kOrganization));
  config.set_channel(v1::CHANNEL_VOICE);
  config.set_message_class(v1::MESSAGE_CLASS_MARKETING);
  return request;
}

// Whether every phone has the right number of verdicts. Two bits each: ALLOW is 01, DENY is 10.
bool IsRight(const v1::FilterContactsResponse& response, const FilterBlock& block) {
  size_t low = 0;
  size_t high = 0;
  for (const char byte : response.verdicts()) {
    low += static_cast<size_t>(std::popcount(static_cast<unsigned>(byte) & 0x55U));
    high += static_cast<size_t>(std::popcount(static_cast<unsigned>(byte) & 0xAAU));
  }
  return response.count() == kBlockPhones && high == block.denied &&
         low == kBlockPhones - block.denied;
}

// How many blocks are on their way. Thread-safe.
class Window {
 public:
  // Waits until another block may be sent; false where the stream is over.
  bool Enter() {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(this, &Window::HasRoom));
    if (closed_) return false;
    ++in_flight_;
    return true;
  }

  void Leave() {
    absl::MutexLock lock(&mu_);
    --in_flight_;
  }

  void Close() {
    absl::MutexLock lock(&mu_);
    closed_ = true;
  }

 private:
  bool HasRoom() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return closed_ || in_flight_ < kWindow;
  }

  absl::Mutex mu_;
  size_t in_flight_ ABSL_GUARDED_BY(mu_) = 0;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

void SendBlocks(Stream& stream, const std::vector<FilterBlock>& blocks, absl::Time end,
                Window& window) {
  for (size_t i = 0; absl::Now() < end && window.Enter(); ++i) {
    if (!stream.Write(blocks[i % blocks.size()].request)) break;
  }
  stream.WritesDone();
}

}  // namespace

std::vector<FilterBlock> PrepareBlocks(int percent_blocked) {
  std::mt19937_64 random(2);
  std::vector<FilterBlock> blocks(kBlocks);
  for (FilterBlock& block : blocks) {
    for (int i = 0; i < kBlockPhones; ++i) {
      const bool blocked = random() % 100 < static_cast<uint64_t>(percent_blocked);
      const uint64_t number = random() % kEntries;
      block.request.add_phones(blocked ? BlockedPhone(number) : FreePhone(number));
      if (blocked) ++block.denied;
    }
  }
  return blocks;
}

absl::StatusOr<double> RunFilterLoad(const std::shared_ptr<grpc::Channel>& channel,
                                     const std::vector<FilterBlock>& blocks,
                                     absl::Duration duration) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       absl::ToChronoSeconds(duration + absl::Seconds(30)));
  const auto stub = v1::CheckService::NewStub(channel);
  const auto stream = stub->FilterContacts(&context);
  stream->Write(Config());
  Window window;
  const absl::Time start = absl::Now();
  std::thread sender([&] { SendBlocks(*stream, blocks, start + duration, window); });
  v1::FilterContactsResponse response;
  size_t answered = 0;
  bool right = true;
  while (stream->Read(&response)) {
    right = right && IsRight(response, blocks[answered % blocks.size()]);
    ++answered;
    window.Leave();
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  window.Close();
  sender.join();
  const grpc::Status status = stream->Finish();
  if (!status.ok()) {
    return absl::InternalError(absl::StrCat("FilterContacts: ", status.error_message()));
  }
  if (!right) return absl::InternalError("FilterContacts: a block has wrong verdicts");
  return static_cast<double>(answered) * kBlockPhones / seconds;
}

}  // namespace dnc::bench
