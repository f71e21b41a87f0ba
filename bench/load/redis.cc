#include "bench/load/redis.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace dnc::bench {
namespace {

constexpr char kServer[] = "/usr/bin/redis-server";
constexpr size_t kNumbersPerCommand = 1'000;
constexpr size_t kCommandsUnderWay = 16;

absl::Status ReadAll(RedisConnection& connection, size_t answers) {
  for (size_t i = 0; i < answers; ++i) {
    if (auto reply = connection.Receive(); !reply.ok()) return reply.status();
  }
  return absl::OkStatus();
}

// Sends commands while others are under way. Not thread-safe.
class Pipeline {
 public:
  explicit Pipeline(RedisConnection& connection) : connection_(connection) {}

  absl::Status Send(absl::Span<const absl::string_view> words) {
    if (absl::Status status = connection_.Send(words); !status.ok()) return status;
    if (++under_way_ < kCommandsUnderWay) return absl::OkStatus();
    return Finish();
  }

  absl::Status Finish() { return ReadAll(connection_, std::exchange(under_way_, 0)); }

 private:
  RedisConnection& connection_;
  size_t under_way_ = 0;
};

// Sends numbers in commands of 1,000: `verb`, `set` unless it is empty, then PREFIXNUMBER each,
// with a value after it or without.
absl::Status SendNumbers(RedisConnection& connection, EachNumber numbers, absl::string_view verb,
                         absl::string_view set, absl::string_view prefix, bool with_values) {
  Pipeline pipeline(connection);
  std::vector<std::string> texts;
  absl::Status status;
  const auto send = [&] {
    std::vector<absl::string_view> words = {verb};
    if (!set.empty()) words.push_back(set);
    words.reserve(2 + 2 * texts.size());
    for (const std::string& text : texts) {
      words.emplace_back(text);
      if (with_values) words.emplace_back("1");
    }
    status.Update(pipeline.Send(words));
    texts.clear();
  };
  numbers([&](uint64_t number) {
    if (!status.ok()) return;
    texts.push_back(absl::StrCat(prefix, number));
    if (texts.size() == kNumbersPerCommand) send();
  });
  if (!texts.empty() && status.ok()) send();
  status.Update(pipeline.Finish());
  return status;
}

class RedisGet final : public Caller {
 public:
  RedisGet(RedisConnection connection, const std::vector<RedisCheck>* checks)
      : connection_(std::move(connection)), checks_(*checks) {}

  absl::Status Call(uint64_t index) override {
    const RedisCheck& check = checks_[index % checks_.size()];
    const absl::string_view words[] = {"GET", check.key};
    if (absl::Status status = connection_.Send(words); !status.ok()) return status;
    const auto reply = connection_.Receive();
    if (!reply.ok()) return reply.status();
    if (((*reply)->type == REDIS_REPLY_STRING) == check.listed) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("GET ", check.key, " was answered wrong"));
  }

 private:
  RedisConnection connection_;
  const std::vector<RedisCheck>& checks_;
};

class RedisFilter final : public Caller {
 public:
  RedisFilter(RedisConnection connection, const std::vector<NumberBlock>* blocks)
      : connection_(std::move(connection)), blocks_(*blocks) {}

  // Numbers are turned into text within the call: so has a client to do it.
  absl::Status Call(uint64_t index) override {
    const NumberBlock& block = blocks_[index % blocks_.size()];
    if (absl::Status status = SendBlock(block); !status.ok()) return status;
    for (size_t first = 0; first < block.numbers.size(); first += kNumbersPerCommand) {
      const auto reply = connection_.Receive();
      if (!reply.ok()) return reply.status();
      if (!IsRight(**reply, block, first)) return absl::InternalError("SMISMEMBER answered wrong");
    }
    return absl::OkStatus();
  }

 private:
  absl::Status SendBlock(const NumberBlock& block) {
    for (size_t first = 0; first < block.numbers.size(); first += kNumbersPerCommand) {
      const size_t past = std::min(first + kNumbersPerCommand, block.numbers.size());
      texts_.resize(past - first);
      words_ = {"SMISMEMBER", "dnc"};
      for (size_t i = first; i < past; ++i) {
        std::array<char, 24>& text = texts_[i - first];
        char* const end = absl::numbers_internal::FastIntToBuffer(block.numbers[i], text.data());
        words_.emplace_back(text.data(), static_cast<size_t>(end - text.data()));
      }
      if (absl::Status status = connection_.Send(words_); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  static bool IsRight(const redisReply& reply, const NumberBlock& block, size_t first) {
    const size_t wanted = std::min(kNumbersPerCommand, block.numbers.size() - first);
    if (reply.type != REDIS_REPLY_ARRAY || reply.elements != wanted) return false;
    for (size_t i = 0; i < wanted; ++i) {
      if ((reply.element[i]->integer != 0) != block.listed[first + i]) return false;
    }
    return true;
  }

  RedisConnection connection_;
  const std::vector<NumberBlock>& blocks_;
  std::vector<std::array<char, 24>> texts_;
  std::vector<absl::string_view> words_;
};

class RedisOptOut final : public Caller {
 public:
  RedisOptOut(RedisConnection connection, size_t depth)
      : connection_(std::move(connection)), depth_(depth) {}

  absl::Status Call(uint64_t index) override {
    for (size_t i = 0; i < depth_; ++i) {
      if (absl::Status status = Send(index * depth_ + i); !status.ok()) return status;
    }
    return ReadAll(connection_, depth_ * kCommands);
  }

 private:
  static constexpr size_t kCommands = 6;

  absl::Status Send(uint64_t lead) {
    const std::string key = absl::StrCat("lead:", lead);
    const std::string phone = absl::StrCat(12'000'000'000 + lead);
    const std::string email = absl::StrCat("lead", lead, "@example.com");
    const std::string request = absl::StrCat("opt-out-", lead);
    const std::vector<absl::string_view> commands[kCommands] = {
        {"MULTI"},
        {"SADD", "dnc", phone, email},
        {"HSET", key, "status", "closed"},
        {"SET", request, "done"},
        {"XADD", "audit", "*", "actor", "users/agent-7", "action", "opt-out", "lead", key},
        {"EXEC"}};
    for (const auto& words : commands) {
      if (absl::Status status = connection_.Send(words); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  RedisConnection connection_;
  const size_t depth_;
};

}  // namespace

absl::StatusOr<ChildProcess> StartRedis(const std::string& log_dir, const std::string& scratch_dir,
                                        RedisDurability durability) {
  if (access(kServer, X_OK) != 0) return absl::NotFoundError("redis-server is not installed");
  const auto port = FreePort();
  if (!port.ok()) return port.status();
  const std::string data = absl::StrCat(scratch_dir, "/redis-", *port);
  std::filesystem::create_directories(data);
  const bool always = durability == RedisDurability::kAlways;
  return ChildProcess::StartPeer(
      {.name = "redis",
       .argv = {kServer, "--port", absl::StrCat(*port), "--bind", "127.0.0.1", "--dir", data,
                "--save", "", "--appendonly", always ? "yes" : "no", "--appendfsync", "always"},
       .port = *port},
      log_dir);
}

absl::StatusOr<RedisConnection> RedisConnection::Connect(const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(absl::StrCat("no address: ", address));
  }
  redisContext* const context = redisConnect(address.substr(0, colon).c_str(), port);
  if (context == nullptr) return absl::ResourceExhaustedError("redisConnect");
  RedisConnection connection(context);
  if (context->err != 0) return absl::UnavailableError(absl::StrCat("redis: ", context->errstr));
  return connection;
}

absl::Status RedisConnection::Send(absl::Span<const absl::string_view> words) {
  std::vector<const char*> texts;
  std::vector<size_t> lengths;
  texts.reserve(words.size());
  lengths.reserve(words.size());
  for (const absl::string_view word : words) {
    texts.push_back(word.data());
    lengths.push_back(word.size());
  }
  if (redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), texts.data(),
                             lengths.data()) == REDIS_OK) {
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("redis: ", context_->errstr));
}

absl::StatusOr<RedisConnection::Reply> RedisConnection::Receive() {
  void* raw = nullptr;
  if (redisGetReply(context_.get(), &raw) != REDIS_OK) {
    return absl::UnavailableError(absl::StrCat("redis: ", context_->errstr));
  }
  Reply reply(static_cast<redisReply*>(raw));
  if (reply->type != REDIS_REPLY_ERROR) return reply;
  return absl::InternalError(absl::StrCat("redis: ", reply->str));
}

absl::Status RedisConnection::StopWaiting() {
  const int flags = fcntl(context_->fd, F_GETFL);
  if (flags < 0 || fcntl(context_->fd, F_SETFL, flags | O_NONBLOCK) != 0) {
    return absl::InternalError("redis: fcntl");
  }
  context_->flags &= ~REDIS_BLOCK;
  return absl::OkStatus();
}

absl::Status RedisConnection::Write(const std::string& command) {
  int done = 0;
  bool ok = redisAppendFormattedCommand(context_.get(), command.data(), command.size()) == REDIS_OK;
  while (ok && done == 0) ok = redisBufferWrite(context_.get(), &done) == REDIS_OK;
  return ok ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("redis: ", context_->errstr));
}

absl::StatusOr<RedisConnection::Reply> RedisConnection::Poll() {
  void* raw = nullptr;
  if (redisBufferRead(context_.get()) != REDIS_OK ||
      redisGetReplyFromReader(context_.get(), &raw) != REDIS_OK) {
    return absl::UnavailableError(absl::StrCat("redis: ", context_->errstr));
  }
  Reply reply(static_cast<redisReply*>(raw));
  if (reply == nullptr || reply->type != REDIS_REPLY_ERROR) return reply;
  return absl::InternalError(absl::StrCat("redis: ", reply->str));
}

absl::Status AddToRedisSet(RedisConnection& connection, EachNumber numbers) {
  return SendNumbers(connection, numbers, "SADD", "dnc", "", /*with_values=*/false);
}

absl::Status SetRedisKeys(RedisConnection& connection, EachNumber numbers) {
  return SendNumbers(connection, numbers, "MSET", "", "dnc:", /*with_values=*/true);
}

absl::StatusOr<std::unique_ptr<Caller>> MakeRedisGet(const std::string& address,
                                                     const std::vector<RedisCheck>* checks) {
  auto connection = RedisConnection::Connect(address);
  if (!connection.ok()) return connection.status();
  return std::make_unique<RedisGet>(*std::move(connection), checks);
}

absl::StatusOr<std::unique_ptr<Caller>> MakeRedisFilter(const std::string& address,
                                                        const std::vector<NumberBlock>* blocks) {
  auto connection = RedisConnection::Connect(address);
  if (!connection.ok()) return connection.status();
  return std::make_unique<RedisFilter>(*std::move(connection), blocks);
}

absl::StatusOr<std::unique_ptr<Caller>> MakeRedisOptOut(const std::string& address, size_t depth) {
  auto connection = RedisConnection::Connect(address);
  if (!connection.ok()) return connection.status();
  return std::make_unique<RedisOptOut>(*std::move(connection), depth);
}

}  // namespace dnc::bench
