// Reads Do-Not-Contact list files of every supported format. Pure: no I/O, no clock.
#ifndef DNC_SERVER_REGISTRY_LIST_PARSER_H_
#define DNC_SERVER_REGISTRY_LIST_PARSER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/registry/list_format.h"
#include "server/registry/list_row.h"

namespace dnc {

class FormatParser;
class RowEmitter;

struct ListParserOptions {
  ListFormat format = ListFormat::kAuto;
  // ISO 3166-1 alpha-2: the country of numbers in plain lists that name none; or empty, which
  // rejects those. The lists of the FTC are American wherever they are read.
  std::string default_region = "US";
  // What a number of a wrong length is, as 555-1234 or (212) 555-123: somebody's that was damaged,
  // which breaks the file, or one that nobody can dial. A whole North American number with an area
  // code or exchange that none has is harmless either way.
  bool damaged_numbers_break_file = false;
  std::string file_name = {};  // for messages only
  // That read lines beside the one that feeds, of formats of which most lines are alike.
  size_t threads = 0;
};

// Turns the bytes of one file, pushed in pieces of any size, into rows and rejects, in the order of
// the file and with its line numbers. Needs constant memory: 64 KiB while it finds out the format,
// then at most one row (1 MiB), and as many pieces as FlatBlocks says.
//
// A bad row becomes a RejectedRow, which says whether it spoils the file; reading goes on. What
// makes the file as a whole unreadable is an INVALID_ARGUMENT status with the line: a format that
// cannot be found out, bytes that are no text, XML that is not well-formed or cut short, a quote
// that never closes, a header without a needed column, an empty file. The parser then stays in that
// error; rows already reported are void, as they are until Finish returns OK.
//
// Not thread-safe.
class ListParser {
 public:
  // `sink` outlives the parser. INVALID_ARGUMENT for an unknown region.
  static absl::StatusOr<std::unique_ptr<ListParser>> Create(ListParserOptions options,
                                                            ListRowSink* sink);
  ~ListParser();

  absl::Status Feed(absl::string_view bytes);

  // As Feed, but takes the bytes and leaves others in `piece`, whose memory may be used again. Rows
  // may be reported, and errors returned, by a later call.
  absl::Status FeedPiece(std::string* piece);

  // Reports the rows of the next piece that FeedPiece took and did not get to; false: there is
  // none. For whoever has no further piece yet.
  absl::StatusOr<bool> FeedNext();

  // Says that the file is complete. Call once, last.
  absl::Status Finish();

  // The format read; kAuto until it has been found out.
  ListFormat format() const { return format_; }

 private:
  ListParser(ListParserOptions options, ListRowSink* sink);

  size_t HeadBytes() const;
  // How much of the file's next bytes went into its head.
  absl::StatusOr<size_t> TakeHead(absl::string_view bytes);
  absl::Status FeedBytes(absl::string_view bytes);
  absl::Status FeedPieceBytes(std::string* piece);
  absl::Status FinishBytes();
  absl::Status Start(bool whole);
  absl::Status Keep(const absl::Status& status);

  const ListParserOptions options_;
  ListFormat format_;
  std::unique_ptr<RowEmitter> emitter_;
  std::string head_;                      // the first bytes, until parser_ is there
  std::unique_ptr<FormatParser> parser_;  // made once head_ suffices
  absl::Status status_;
};

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_LIST_PARSER_H_
