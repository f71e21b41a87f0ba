#include "server/registry/flat_blocks.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "server/registry/flat_lines.h"

namespace dnc {
namespace {

constexpr size_t kShortestFlatLine = 11;  // ten digits and their LF

// Where the line that `at` lies in ends; the end of the text where it does not.
size_t PassLine(absl::string_view text, size_t at) {
  const size_t end = text.find('\n', at);
  return end == absl::string_view::npos ? text.size() : end + 1;
}

}  // namespace

void ReadFlatBlock(bool with_comma, FlatBlock* block) {
  const absl::string_view text = block->text();
  block->runs.clear();
  block->lines = 0;
  // Never shrunk, since growing writes zeroes.
  const size_t most = text.size() / kShortestFlatLine;
  if (block->values.size() < most) block->values.resize(most);
  const absl::Span<uint64_t> values = absl::MakeSpan(block->values);
  size_t at = block->begins_line ? 0 : PassLine(text, 0);
  while (at < text.size()) {
    const FlatLines read = ReadFlatLines(text.substr(at), with_comma, values.subspan(block->lines));
    if (read.lines > 0) {
      block->runs.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(read.bytes),
                             static_cast<uint32_t>(read.lines)});
      block->lines += read.lines;
      at += read.bytes;
    }
    at = PassLine(text, at);
  }
}

FlatBlocks::FlatBlocks(bool with_comma, size_t threads) : with_comma_(with_comma) {
  threads_.reserve(threads);
  try {
    for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
  } catch (const std::system_error&) {
    // The system has no more; whoever feeds the blocks reads what nobody else does.
  }
}

FlatBlocks::~FlatBlocks() {
  {
    absl::MutexLock lock(&mu_);
    waiting_.clear();
    ended_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

FlatBlocks::Slot* FlatBlocks::Take() {
  if (waiting_.empty()) return nullptr;
  Slot* const slot = waiting_.front();
  waiting_.pop_front();
  slot->state = State::kTaken;
  return slot;
}

void FlatBlocks::Run() {
  Slot* read = nullptr;
  for (;;) {
    {
      absl::MutexLock lock(&mu_);
      if (read != nullptr) read->state = State::kRead;
      mu_.Await(absl::Condition(this, &FlatBlocks::HasWork));
      read = Take();
    }
    if (read == nullptr) return;
    ReadFlatBlock(with_comma_, &read->block);
  }
}

void FlatBlocks::Push(std::string* piece, size_t skipped, bool begins_line) {
  std::unique_ptr<Slot> slot = spare_.empty() ? std::make_unique<Slot>() : nullptr;
  if (slot == nullptr) {
    slot = std::move(spare_.back());
    spare_.pop_back();
  }
  slot->block.bytes.swap(*piece);
  slot->block.skipped = skipped;
  slot->block.begins_line = begins_line;
  slot->state = State::kWaiting;
  slots_.push_back(std::move(slot));
  absl::MutexLock lock(&mu_);
  waiting_.push_back(slots_.back().get());
}

const FlatBlock& FlatBlocks::Front() {
  Slot* const front = slots_.front().get();
  bool mine = false;
  {
    absl::MutexLock lock(&mu_);
    mine = front->state == State::kWaiting;
    // Blocks are taken in their order, so it is the first that waits.
    if (mine) Take();
    if (!mine) {
      mu_.Await(absl::Condition(
          +[](Slot* slot) { return slot->state == State::kRead; }, front));
    }
  }
  if (mine) {
    ReadFlatBlock(with_comma_, &front->block);
    absl::MutexLock lock(&mu_);
    front->state = State::kRead;
  }
  return front->block;
}

void FlatBlocks::Pop() {
  spare_.push_back(std::move(slots_.front()));
  slots_.pop_front();
}

}  // namespace dnc
