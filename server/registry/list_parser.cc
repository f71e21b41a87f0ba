#include "server/registry/list_parser.h"

#include <array>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "server/contact/phone.h"
#include "server/registry/flat_blocks.h"
#include "server/registry/flat_lines.h"
#include "server/registry/format_detect.h"
#include "server/registry/format_parser.h"
#include "server/registry/ftc_xml_parser.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr size_t kDetectionBytes = size_t{64} << 10;
constexpr size_t kMagicBytes = 4;  // what it takes to know a zip archive

// Any format that is made of lines.
//
// Other threads read the flat lines of pieces that were given away, and nothing else: what a line
// means where it stands, and where that is, this one decides, piece after piece. So a file means
// the same on any number of threads.
class LineParser : public FormatParser {
 public:
  LineParser(std::unique_ptr<RowFormat> format, RowEmitter* emitter, size_t threads)
      : format_(std::move(format)),
        emitter_(emitter),
        threads_(threads),
        reader_(format_->csv_options()) {}

  absl::Status Feed(absl::string_view bytes) override {
    DNC_RETURN_IF_ERROR(FeedBlocks(/*most=*/0));
    if (!bytes.empty()) ended_line_ = bytes.back() == '\n';
    if (format_->flat_form() == FlatForm::kNone) return FeedRows(bytes);
    while (!bytes.empty()) {
      if (MayPassLines()) bytes.remove_prefix(PassFlatLines(bytes));
      const size_t end = bytes.find('\n');
      const absl::string_view line =
          bytes.substr(0, end == absl::string_view::npos ? bytes.size() : end + 1);
      DNC_RETURN_IF_ERROR(FeedRows(line));
      bytes.remove_prefix(line.size());
    }
    return absl::OkStatus();
  }

  absl::Status FeedPiece(std::string* piece, size_t skipped) override {
    if (skipped == piece->size()) return absl::OkStatus();  // what waits goes on waiting
    const bool flat = format_->flat_form() != FlatForm::kNone;
    if (!flat || piece->size() > kMostInBlock) {
      return Feed(absl::string_view(*piece).substr(skipped));
    }
    if (blocks_ == nullptr) blocks_ = std::make_unique<FlatBlocks>(with_comma(), threads_);
    const bool ends_line = piece->back() == '\n';
    blocks_->Push(piece, skipped, std::exchange(ended_line_, ends_line));
    return FeedBlocks(blocks_->most_blocks());
  }

  absl::StatusOr<bool> FeedNext() override {
    if (blocks_ == nullptr || blocks_->empty()) return false;
    DNC_RETURN_IF_ERROR(FeedBlock(blocks_->Front()));
    blocks_->Pop();
    return true;
  }

  absl::Status Finish() override {
    DNC_RETURN_IF_ERROR(FeedBlocks(/*most=*/0));
    blocks_.reset();  // others have a use for their memory while the version is made
    DNC_RETURN_IF_ERROR(
        reader_.Finish([this](auto fields, uint64_t line) { return OnRow(fields, line); }));
    if (seen_row_) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "the file is empty; a list without rows needs at least its header");
  }

 private:
  static constexpr size_t kNumbersAtOnce = 1024;
  static constexpr size_t kMostInBlock = size_t{1} << 24;

  bool with_comma() const { return format_->flat_form() == FlatForm::kTenDigitsOrComma; }

  // Whether flat lines that come next may be passed. The first row may be a header.
  bool MayPassLines() const { return seen_row_ && reader_.AtRowStart(); }

  // Feeds blocks until fewer than `most` are left, or none. A caller who has time, and wants to
  // tell how far it is, takes those that are read already one by one: see FeedNext.
  absl::Status FeedBlocks(size_t most) {
    if (blocks_ == nullptr) return absl::OkStatus();
    while (!blocks_->empty() && blocks_->size() >= most) {
      DNC_RETURN_IF_ERROR(FeedNext().status());
    }
    return absl::OkStatus();
  }

  absl::Status FeedBlock(const FlatBlock& block) {
    const absl::string_view text = block.text();
    absl::Span<const uint64_t> numbers = block.numbers();
    size_t fed = 0;
    for (const FlatBlock::Run& run : block.runs) {
      if (run.begin > fed) DNC_RETURN_IF_ERROR(FeedRows(text.substr(fed, run.begin - fed)));
      if (MayPassLines()) {
        PassNumbers(numbers.subspan(0, run.lines));
      } else {
        DNC_RETURN_IF_ERROR(FeedRows(text.substr(run.begin, run.bytes)));
      }
      numbers.remove_prefix(run.lines);
      fed = run.begin + run.bytes;
    }
    return fed == text.size() ? absl::OkStatus() : FeedRows(text.substr(fed));
  }

  void PassNumbers(absl::Span<const uint64_t> numbers) {
    emitter_->Numbers(numbers, reader_.line());
    reader_.PassLines(numbers.size());
  }

  absl::Status FeedRows(absl::string_view bytes) {
    return reader_.Feed(bytes, [this](auto fields, uint64_t line) { return OnRow(fields, line); });
  }

  // Reads what ReadFlatLines can read; returns how many bytes that was.
  size_t PassFlatLines(absl::string_view bytes) {
    size_t passed = 0;
    for (;;) {
      const FlatLines read =
          ReadFlatLines(bytes.substr(passed), with_comma(), absl::MakeSpan(numbers_));
      if (read.lines == 0) return passed;
      PassNumbers(absl::MakeConstSpan(numbers_).subspan(0, read.lines));
      passed += read.bytes;
    }
  }

  absl::Status OnRow(CsvReader::Fields fields, uint64_t line) {
    seen_row_ = true;
    return format_->OnRow(fields, line);
  }

  const std::unique_ptr<RowFormat> format_;
  RowEmitter* const emitter_;
  const size_t threads_;
  CsvReader reader_;
  bool seen_row_ = false;
  bool ended_line_ = true;              // the last byte taken did, or there was none
  std::unique_ptr<FlatBlocks> blocks_;  // taken, but not fed yet; null: no piece was given away
  std::array<uint64_t, kNumbersAtOnce> numbers_;
};

std::unique_ptr<FormatParser> MakeParser(ListFormat format, RowEmitter* emitter, size_t threads) {
  const auto lines = [emitter, threads](std::unique_ptr<RowFormat> rows) {
    return std::make_unique<LineParser>(std::move(rows), emitter, threads);
  };
  switch (format) {
    case ListFormat::kFtcXml:
      return std::make_unique<FtcXmlParser>(emitter);
    case ListFormat::kFtcFlat:
      return lines(MakeFtcFlatRows(emitter));
    case ListFormat::kFtcChange:
      return lines(MakeFtcChangeRows(emitter));
    case ListFormat::kFtcComplaints:
      return lines(MakeFtcComplaintRows(emitter));
    case ListFormat::kSesSuppression:
      return lines(MakeSesRows(emitter));
    case ListFormat::kSendgrid:
      return lines(MakeSendgridRows(emitter));
    case ListFormat::kMailchimp:
      return lines(MakeMailchimpRows(emitter));
    case ListFormat::kAuto:
    case ListFormat::kPlain:
      break;
  }
  return lines(MakePlainRows(emitter));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ListParser>> ListParser::Create(ListParserOptions options,
                                                               ListRowSink* sink) {
  if (!options.default_region.empty() && !IsKnownRegion(options.default_region)) {
    return absl::InvalidArgumentError(
        absl::StrCat("default region \"", options.default_region,
                     "\" is unknown; use an ISO 3166-1 code of two capitals, as US, or none"));
  }
  return std::unique_ptr<ListParser>(new ListParser(std::move(options), sink));
}

ListParser::ListParser(ListParserOptions options, ListRowSink* sink)
    : options_(std::move(options)),
      format_(options_.format),
      emitter_(std::make_unique<RowEmitter>(options_.default_region,
                                            options_.damaged_numbers_break_file, sink)) {}

ListParser::~ListParser() = default;

absl::Status ListParser::Feed(absl::string_view bytes) {
  if (!status_.ok()) return status_;
  return Keep(FeedBytes(bytes));
}

absl::Status ListParser::FeedPiece(std::string* piece) {
  if (!status_.ok()) return status_;
  return Keep(FeedPieceBytes(piece));
}

absl::StatusOr<bool> ListParser::FeedNext() {
  if (!status_.ok()) return status_;
  if (parser_ == nullptr) return false;
  const absl::StatusOr<bool> fed = parser_->FeedNext();
  DNC_RETURN_IF_ERROR(Keep(fed.status()));
  return fed;
}

absl::Status ListParser::Finish() {
  if (!status_.ok()) return status_;
  return Keep(FinishBytes());
}

size_t ListParser::HeadBytes() const {
  return format_ == ListFormat::kAuto ? kDetectionBytes : kMagicBytes;
}

absl::StatusOr<size_t> ListParser::TakeHead(absl::string_view bytes) {
  if (parser_ != nullptr) return 0;
  // Always the same bytes, however the file is cut into pieces.
  const absl::string_view head = bytes.substr(0, HeadBytes() - head_.size());
  head_.append(head.data(), head.size());
  if (head_.size() == HeadBytes()) DNC_RETURN_IF_ERROR(Start(/*whole=*/false));
  return head.size();
}

absl::Status ListParser::FeedBytes(absl::string_view bytes) {
  DNC_ASSIGN_OR_RETURN(const size_t taken, TakeHead(bytes));
  return parser_ == nullptr ? absl::OkStatus() : parser_->Feed(bytes.substr(taken));
}

absl::Status ListParser::FeedPieceBytes(std::string* piece) {
  DNC_ASSIGN_OR_RETURN(const size_t taken, TakeHead(*piece));
  return parser_ == nullptr ? absl::OkStatus() : parser_->FeedPiece(piece, taken);
}

absl::Status ListParser::FinishBytes() {
  if (parser_ == nullptr) DNC_RETURN_IF_ERROR(Start(/*whole=*/true));
  return parser_->Finish();
}

absl::Status ListParser::Start(bool whole) {
  DNC_RETURN_IF_ERROR(CheckIsText(head_));
  if (format_ == ListFormat::kAuto) {
    DNC_ASSIGN_OR_RETURN(format_, DetectFormat(head_, whole, options_.default_region));
  }
  parser_ = MakeParser(format_, emitter_.get(), options_.threads);
  const std::string head = std::exchange(head_, {});
  return parser_->Feed(head);
}

absl::Status ListParser::Keep(const absl::Status& status) {
  if (status.ok() || options_.file_name.empty()) {
    status_ = status;
  } else {
    status_ = absl::Status(status.code(), absl::StrCat(options_.file_name, ": ", status.message()));
  }
  return status_;
}

}  // namespace dnc
