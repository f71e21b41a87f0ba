// What the stores on RocksDB share; nobody else includes it.
#ifndef DNC_STORAGE_ROCKSDB_ENGINE_H_
#define DNC_STORAGE_ROCKSDB_ENGINE_H_

#include <rocksdb/env.h>
#include <rocksdb/slice.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "storage/base/logging.h"

namespace dnc {

inline constexpr int kBloomBitsPerKey = 10;

inline rocksdb::Slice ToSlice(absl::string_view text) { return {text.data(), text.size()}; }
inline absl::string_view ToView(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

// What RocksDB has to say goes to the server's own log. It keeps no log file of its own: on a full
// disk the second line to such a file ends the process (an assertion of Debian's build).
class EngineLogger : public rocksdb::Logger {
 public:
  // `name` begins each line; its errors are logged as `gravest`.
  EngineLogger(std::string name, spdlog::level::level_enum gravest)
      : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), name_(std::move(name)), gravest_(gravest) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < GetInfoLogLevel() || level == rocksdb::InfoLogLevel::HEADER_LEVEL) return;
    std::array<char, 1024> text;
    std::vsnprintf(text.data(), text.size(), format, arguments);
    const absl::string_view line = absl::StripTrailingAsciiWhitespace(text.data());
    const bool grave = level >= rocksdb::InfoLogLevel::ERROR_LEVEL;
    spdlog::log(grave ? gravest_ : spdlog::level::warn, "{}: {}", name_, std::string(line));
  }

 private:
  const std::string name_;
  const spdlog::level::level_enum gravest_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_ROCKSDB_ENGINE_H_
