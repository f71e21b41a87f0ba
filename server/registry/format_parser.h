// The seam between ListParser and the readers of the single formats. Internal to this folder.
#ifndef DNC_SERVER_REGISTRY_FORMAT_PARSER_H_
#define DNC_SERVER_REGISTRY_FORMAT_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/registry/row_emitter.h"
#include "storage/base/csv_reader.h"

namespace dnc {

// Reads the bytes of one file. After an error, no further call is made. Not thread-safe.
class FormatParser {
 public:
  virtual ~FormatParser() = default;
  virtual absl::Status Feed(absl::string_view bytes) = 0;
  // As FeedPiece of ListParser; somebody has read the first `skipped` bytes.
  virtual absl::Status FeedPiece(std::string* piece, size_t skipped) {
    return Feed(absl::string_view(*piece).substr(skipped));
  }
  // As FeedNext of ListParser.
  virtual absl::StatusOr<bool> FeedNext() { return false; }
  virtual absl::Status Finish() = 0;
};

// The lines that may be read by ReadFlatLines, because OnRow would do no more with them than to
// hand over their number.
enum class FlatForm : uint8_t { kNone, kTenDigits, kTenDigitsOrComma };

// Reads the rows of a format that is made of lines. What is wrong with one row goes to the emitter;
// an error (INVALID_ARGUMENT) says that the file as a whole cannot be read. Not thread-safe.
class RowFormat {
 public:
  virtual ~RowFormat() = default;
  virtual CsvOptions csv_options() const { return {}; }
  // From the second row on; the first may be a header.
  virtual FlatForm flat_form() const { return FlatForm::kNone; }
  virtual absl::Status OnRow(CsvReader::Fields fields, uint64_t line) = 0;
};

// `emitter` outlives what they return.
std::unique_ptr<RowFormat> MakePlainRows(RowEmitter* emitter);
std::unique_ptr<RowFormat> MakeFtcFlatRows(RowEmitter* emitter);
std::unique_ptr<RowFormat> MakeFtcChangeRows(RowEmitter* emitter);
std::unique_ptr<RowFormat> MakeFtcComplaintRows(RowEmitter* emitter);
std::unique_ptr<RowFormat> MakeSesRows(RowEmitter* emitter);
std::unique_ptr<RowFormat> MakeSendgridRows(RowEmitter* emitter);
std::unique_ptr<RowFormat> MakeMailchimpRows(RowEmitter* emitter);

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_FORMAT_PARSER_H_
