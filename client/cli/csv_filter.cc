#include "client/cli/csv_filter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

constexpr size_t kBlockRows = 65'536;
constexpr size_t kBlockRaw = 16'384;  // the gateway takes no more
constexpr size_t kBlockContactBytes = size_t{1} << 20;
// A few blocks are held at a time, with their rows, of which each may have a MiB.
constexpr size_t kBlockRowBytes = size_t{4} << 20;
constexpr char kCannotWrite[] =
    "cannot write the output: is the disk full, or has its reader gone away?";
// Longer than any contact point may be.
constexpr size_t kMaxContactBytes = 512;

// The text as the gateway may be asked about it. What cannot travel, or is no contact point by its
// length, becomes empty text, which the gateway answers as an unreadable contact point.
std::string Sendable(absl::string_view cell) {
  if (cell.size() > kMaxContactBytes || !IsUtf8(cell)) return "";
  return std::string(cell);
}

// A rule as a cell has it: "CONTACT_POINT_ON_REGISTRY:national".
std::string RuleText(const v1::FilterRule& rule) {
  std::string text(absl::StripPrefix(v1::ReasonType_Name(rule.type()), "REASON_TYPE_"));
  if (!rule.list().empty()) absl::StrAppend(&text, ":", rule.list());
  return CsvEscape(text);
}

}  // namespace

CsvFilter::CsvFilter(CsvFilterOptions options, Input& input, std::ostream& out,
                     OnProgress on_progress)
    : options_(std::move(options)),
      input_(input),
      out_(out),
      on_progress_(std::move(on_progress)) {}

absl::StatusOr<CsvFilterSummary> CsvFilter::Run(CheckApi& checks) {
  FilterOptions filter = options_.filter;
  filter.wake_source = [this] { input_.Cancel(); };
  DNC_RETURN_IF_ERROR(checks.Filter(
      filter, [this] { return NextBlock(); },
      [this](const FilterAnswer& answer) { return WriteAnswer(answer); }));
  WriteHeader();
  out_.flush();
  if (!out_.good()) return absl::UnknownError(kCannotWrite);
  return summary_;
}

absl::StatusOr<FilterBlock> CsvFilter::NextBlock() {
  while (ready_.empty() && !input_ended_) DNC_RETURN_IF_ERROR(ReadPiece());
  if (ready_.empty()) return FilterBlock();
  Block block = std::move(ready_.front());
  ready_.pop_front();
  FilterBlock contacts = std::move(block.contacts);
  absl::MutexLock lock(&mutex_);
  asked_.push_back(std::move(block));
  return contacts;
}

absl::Status CsvFilter::ReadPiece() {
  const auto on_row = [this](CsvReader::Fields fields, uint64_t line) {
    return TakeRow(fields, line);
  };
  DNC_ASSIGN_OR_RETURN(const std::string piece, input_.Next());
  if (!piece.empty()) return reader_.Feed(piece, on_row);
  input_ended_ = true;
  DNC_RETURN_IF_ERROR(reader_.Finish(on_row));
  CloseBlock();
  return absl::OkStatus();
}

absl::Status CsvFilter::TakeRow(CsvReader::Fields fields, uint64_t line) {
  if (!column_) {
    DNC_RETURN_IF_ERROR(TakeFirstRow(fields));
    if (column_->has_header) return absl::OkStatus();
  }
  DNC_RETURN_IF_ERROR(rows_.Check(fields, line));
  AddRow(fields);
  return absl::OkStatus();
}

absl::Status CsvFilter::TakeFirstRow(CsvReader::Fields fields) {
  DNC_ASSIGN_OR_RETURN(
      const ContactColumn column,
      FindContactColumn(fields, options_.filter.channel, options_.column, options_.no_header));
  DNC_ASSIGN_OR_RETURN(rows_, FilterRows::FromFirst(fields, column.has_header));
  column_ = column;
  if (!column.has_header) return absl::OkStatus();
  absl::MutexLock lock(&mutex_);
  header_ = rows_.Join(fields);
  return absl::OkStatus();
}

void CsvFilter::AddRow(CsvReader::Fields fields) {
  absl::string_view cell;
  if (column_->index < fields.size()) cell = absl::StripAsciiWhitespace(fields[column_->index]);
  FilterBlock& contacts = open_.contacts;
  const bool phone_channel =
      options_.filter.channel != v1::CHANNEL_EMAIL && options_.filter.channel != v1::CHANNEL_MAIL;
  // 0: to be sent as text.
  const uint64_t digits = phone_channel ? StrictNanpDigits(cell).value_or(0) : 0;
  rows_.Append(fields, &open_.text);
  open_.rows.push_back({static_cast<uint32_t>(open_.text.size()), digits != 0});
  if (digits != 0) {
    contacts.phones.push_back(digits);
  } else {
    contacts.raw.push_back(Sendable(cell));
    open_.contact_bytes += contacts.raw.back().size();
  }
  if (open_.rows.size() >= kBlockRows || contacts.raw.size() >= kBlockRaw ||
      open_.contact_bytes >= kBlockContactBytes || open_.text.size() >= kBlockRowBytes) {
    CloseBlock();
  }
}

void CsvFilter::CloseBlock() {
  if (open_.rows.empty()) return;
  open_.position = input_.position();
  open_.phones = open_.contacts.phones.size();
  ready_.push_back(std::exchange(open_, {}));
}

absl::Status CsvFilter::WriteAnswer(const FilterAnswer& answer) {
  DNC_RETURN_IF_ERROR(answer.status);
  Block block;
  {
    absl::MutexLock lock(&mutex_);
    block = std::move(asked_.front());
    asked_.pop_front();
  }
  Summarize(answer);
  WriteHeader();
  WriteRows(block, answer);
  on_progress_(summary_.rows, block.position);
  if (!out_.good()) return absl::UnknownError(kCannotWrite);
  return absl::OkStatus();
}

void CsvFilter::Summarize(const FilterAnswer& answer) {
  if (summary_.first_revision == 0) {
    summary_.first_revision = answer.revision;
    summary_.evaluate_time = answer.evaluate_time;
  }
  summary_.last_revision = answer.revision;
  if (answer.verdicts.CountAllowed() == 0) return;
  summary_.valid_for = std::min(summary_.valid_for, answer.valid_for);
}

void CsvFilter::WriteRows(const Block& block, const FilterAnswer& answer) {
  std::vector<std::string> texts;
  texts.reserve(answer.rules.size());
  for (const v1::FilterRule& rule : answer.rules) texts.push_back(RuleText(rule));
  std::vector<absl::string_view> reasons(answer.verdicts.size());
  answer.ForEachNotAllowed([&](size_t index, Verdict, const v1::FilterRule* rule) {
    if (rule != nullptr) reasons[index] = texts[static_cast<size_t>(rule - answer.rules.data())];
  });
  written_.clear();
  uint32_t begin = 0;
  size_t phone = 0;
  size_t raw = block.phones;
  for (const Row& row : block.rows) {
    const size_t index = row.is_phone ? phone++ : raw++;
    WriteRow(absl::string_view(block.text).substr(begin, row.end - begin), answer.verdicts[index],
             reasons[index]);
    begin = row.end;
  }
  out_.write(written_.data(), static_cast<std::streamsize>(written_.size()));
}

void CsvFilter::WriteRow(absl::string_view row, Verdict verdict, absl::string_view reason) {
  ++summary_.rows;
  ++(verdict == Verdict::kAllow  ? summary_.allow
     : verdict == Verdict::kDeny ? summary_.deny
                                 : summary_.unknown);
  if (options_.only && verdict != *options_.only) return;
  absl::StrAppend(&written_, row, ",", VerdictName(verdict), ",");
  absl::StrAppend(&written_, reason, "\n");
}

void CsvFilter::WriteHeader() {
  absl::MutexLock lock(&mutex_);
  if (header_written_ || header_.empty()) return;
  header_written_ = true;
  out_ << header_ << ",verdict,reasons\n";
}

}  // namespace dnc::cli
