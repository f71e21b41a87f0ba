// Where the readers of all formats hand over what they read: normalises the contact points and
// decides what a failure means for the file.
#ifndef DNC_SERVER_REGISTRY_ROW_EMITTER_H_
#define DNC_SERVER_REGISTRY_ROW_EMITTER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/registry/list_row.h"

namespace dnc {

// Each call reports exactly one row or one reject for the line. Not thread-safe.
class RowEmitter {
 public:
  // A row but for its contact point.
  struct Details {
    uint64_t line = 0;
    ListRow::Op op = ListRow::Op::kAdd;
    absl::string_view reason = {};
    std::optional<UnixMicros> time = {};
  };

  // `sink` outlives the emitter. The others as in ListParserOptions.
  RowEmitter(std::string default_region, bool damaged_numbers_break_file, ListRowSink* sink);

  // A phone number in any spelling. A failure is kImpossibleNumber only where `text` is a single
  // run of digits and punctuation that no one can dial.
  void Phone(const Details& details, absl::string_view text) {
    Phone(details, text, default_region_);
  }

  // A number of the FTC's lists, which are American wherever they are read.
  void AmericanPhone(const Details& details, absl::string_view text) { Phone(details, text, "US"); }

  // As OnNumbers of ListRowSink.
  void Numbers(absl::Span<const uint64_t> numbers, uint64_t first_line) {
    sink_->OnNumbers(numbers, first_line);
  }

  // True where ten digits are read as a North American number.
  bool ReadsTenDigits() const { return default_region_ == "US" || default_region_ == "CA"; }

  void Email(const Details& details, absl::string_view text);

  // Three digits, which the file names without regard to numbers.
  void AreaCode(absl::string_view code) { sink_->OnAreaCode(code); }

  // `why` says what is wrong and how to mend it; the masked value is put before it.
  void Reject(uint64_t line, RejectCause cause, absl::string_view why, absl::string_view value);

  // For a row of `columns` columns, the first of them `value`, where the file has `expected`.
  void RejectWidth(uint64_t line, size_t columns, size_t expected, absl::string_view value);

  // As Reject, for a row that names no one.
  void RejectHarmless(uint64_t line, RejectCause cause, absl::string_view why);

 private:
  void Phone(const Details& details, absl::string_view text, absl::string_view region);
  void RejectPhone(uint64_t line, absl::string_view text, absl::string_view region,
                   absl::string_view message);
  void Emit(const Details& details);

  const std::string default_region_;
  const bool damaged_numbers_break_file_;
  ListRowSink* const sink_;
  ListRow row_;  // reused, so that a row of digits allocates nothing
};

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_ROW_EMITTER_H_
