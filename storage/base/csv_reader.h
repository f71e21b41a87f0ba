// Streaming reader and writer of comma-separated text (RFC 4180), in constant memory.
#ifndef DNC_STORAGE_BASE_CSV_READER_H_
#define DNC_STORAGE_BASE_CSV_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dnc {

struct CsvOptions {
  // Separates fields. Without one, every line is a row of one field and quotes mean nothing.
  std::optional<char> delimiter = ',';
};

// Turns bytes, pushed in pieces of any size, into rows; where the pieces are cut never matters.
//
// Reads RFC 4180 and what is common beside it: LF as well as CRLF, a UTF-8 byte order mark, a last
// line without its end, rows of differing widths, a quote inside a field that does not start with
// one (taken literally). Empty lines are no rows, but are counted.
//
// Every error is INVALID_ARGUMENT and names the physical line; the reader then stays in that error.
// An error of the callback stops the reading and is passed on as it is. Not thread-safe.
class CsvReader {
 public:
  // `fields` is valid during the call only. `line` is the physical line, from 1, where the row
  // starts: a quoted field may hold line breaks.
  using Fields = std::span<const absl::string_view>;
  using RowCallback = absl::FunctionRef<absl::Status(Fields fields, uint64_t line)>;

  // The longest row that is taken, in bytes, separators included.
  static constexpr size_t kMaxRowBytes = size_t{1} << 20;

  explicit CsvReader(CsvOptions options = {}) : options_(options) {}

  // Takes the next bytes and reports the rows that they complete.
  absl::Status Feed(absl::string_view bytes, RowCallback on_row);

  // Reports a last row that has no line end. Call once, after the last Feed.
  absl::Status Finish(RowCallback on_row);

  // True where the next byte begins a row.
  bool AtRowStart() const { return mark_over_ && !in_row_ && status_.ok(); }
  // The physical line of the next byte.
  uint64_t line() const { return line_; }
  // Counts rows of a line each that somebody else has read. Only where AtRowStart.
  void PassLines(uint64_t lines) { line_ += lines; }

 private:
  enum class State : uint8_t { kFieldStart, kPlain, kQuoted, kQuoteInQuoted, kQuotedThenCr };

  bool IsDelimiter(char c) const { return c == options_.delimiter; }
  // Drops the mark at the start of the text, also where it comes in pieces.
  absl::string_view SkipByteOrderMark(absl::string_view bytes, RowCallback on_row);
  // Reads the rows that lie whole and unquoted at the start of `bytes`, without copying them;
  // returns the rest.
  absl::string_view FeedWholeLines(absl::string_view bytes, RowCallback on_row);
  void SplitLine(absl::string_view line, RowCallback on_row);
  void FeedByte(char c, RowCallback on_row);
  void FeedInField(char c);
  void FeedAfterQuote(char c);
  void EndField();
  void EndRow(RowCallback on_row);
  void Fail(uint64_t line, absl::string_view what);

  const CsvOptions options_;
  absl::Status status_;
  size_t mark_seen_ = 0;    // bytes of the byte order mark read so far
  bool mark_over_ = false;  // past the place where the mark may stand
  uint64_t line_ = 1;       // the physical line of the next byte

  // The row being read, where it does not lie whole in one piece of input.
  State state_ = State::kFieldStart;
  bool in_row_ = false;
  uint64_t row_line_ = 1;
  uint64_t quote_line_ = 1;
  size_t row_bytes_ = 0;
  std::string text_;          // its fields without their quotes, one after the other
  std::vector<size_t> ends_;  // where each finished field ends in text_
  std::vector<absl::string_view> fields_;
};

// The field as RFC 4180 writes it: quoted where it holds a comma, a quote, CR or LF.
std::string CsvEscape(absl::string_view field);

}  // namespace dnc

#endif  // DNC_STORAGE_BASE_CSV_READER_H_
