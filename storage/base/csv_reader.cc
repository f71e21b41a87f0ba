#include "storage/base/csv_reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

absl::Status CsvReader::Feed(absl::string_view bytes, RowCallback on_row) {
  if (!mark_over_) bytes = SkipByteOrderMark(bytes, on_row);
  while (!bytes.empty() && status_.ok()) {
    if (!in_row_) bytes = FeedWholeLines(bytes, on_row);
    while (!bytes.empty() && status_.ok()) {
      FeedByte(bytes.front(), on_row);
      bytes.remove_prefix(1);
      if (!in_row_) break;
    }
  }
  return status_;
}

absl::Status CsvReader::Finish(RowCallback on_row) {
  if (!mark_over_) {
    mark_over_ = true;
    DNC_RETURN_IF_ERROR(Feed(kByteOrderMark.substr(0, mark_seen_), on_row));
  }
  DNC_RETURN_IF_ERROR(status_);
  if (state_ == State::kQuoted) {
    Fail(quote_line_,
         "a quoted field opens and never closes; add the closing quote, or the file was cut short");
  } else if (in_row_) {
    EndRow(on_row);
  }
  return status_;
}

absl::string_view CsvReader::SkipByteOrderMark(absl::string_view bytes, RowCallback on_row) {
  while (!bytes.empty() && mark_seen_ < kByteOrderMark.size() &&
         bytes.front() == kByteOrderMark[mark_seen_]) {
    ++mark_seen_;
    bytes.remove_prefix(1);
  }
  if (mark_seen_ == kByteOrderMark.size()) {
    mark_over_ = true;
  } else if (!bytes.empty()) {
    mark_over_ = true;
    // What looked like the mark is text.
    for (const char c : kByteOrderMark.substr(0, mark_seen_)) FeedByte(c, on_row);
  }
  return bytes;
}

absl::string_view CsvReader::FeedWholeLines(absl::string_view bytes, RowCallback on_row) {
  while (status_.ok()) {
    const size_t end = bytes.find('\n');
    if (end == absl::string_view::npos) break;
    const absl::string_view line = bytes.substr(0, end);
    if (options_.delimiter.has_value() && line.find('"') != absl::string_view::npos) break;
    SplitLine(line, on_row);
    ++line_;
    bytes.remove_prefix(end + 1);
  }
  return bytes;
}

void CsvReader::SplitLine(absl::string_view line, RowCallback on_row) {
  if (line.size() > kMaxRowBytes) {
    Fail(line_, "the row is longer than 1 MiB; is this a text file of one row a line?");
    return;
  }
  line = absl::StripSuffix(line, "\r");
  if (line.empty()) return;
  fields_.clear();
  if (options_.delimiter.has_value()) {
    for (size_t at; (at = line.find(*options_.delimiter)) != absl::string_view::npos;) {
      fields_.push_back(line.substr(0, at));
      line.remove_prefix(at + 1);
    }
  }
  fields_.push_back(line);
  status_ = on_row(fields_, line_);
}

void CsvReader::FeedByte(char c, RowCallback on_row) {
  if (!in_row_) {
    in_row_ = true;
    row_line_ = line_;
  }
  if (c == '\n') {
    ++line_;
    if (state_ != State::kQuoted) {
      EndRow(on_row);
      return;
    }
  }
  if (++row_bytes_ > kMaxRowBytes) {
    Fail(row_line_, "the row is longer than 1 MiB; is this a text file of one row a line?");
  } else if (state_ == State::kQuoteInQuoted || state_ == State::kQuotedThenCr) {
    FeedAfterQuote(c);
  } else {
    FeedInField(c);
  }
}

void CsvReader::FeedInField(char c) {
  const bool quote = c == '"' && options_.delimiter.has_value();
  if (state_ == State::kQuoted) {
    if (quote) {
      state_ = State::kQuoteInQuoted;
    } else {
      text_.push_back(c);
    }
  } else if (IsDelimiter(c)) {
    EndField();
  } else if (quote && state_ == State::kFieldStart) {
    state_ = State::kQuoted;
    quote_line_ = line_;
  } else {
    state_ = State::kPlain;
    text_.push_back(c);
  }
}

void CsvReader::FeedAfterQuote(char c) {
  const bool just_closed = state_ == State::kQuoteInQuoted;
  if (just_closed && c == '"') {
    text_.push_back('"');
    state_ = State::kQuoted;
  } else if (just_closed && c == '\r') {
    state_ = State::kQuotedThenCr;
  } else if (just_closed && IsDelimiter(c)) {
    EndField();
  } else {
    Fail(line_, "text follows a closing quote; double the quotes that belong to the field");
  }
}

void CsvReader::EndField() {
  ends_.push_back(text_.size());
  state_ = State::kFieldStart;
}

void CsvReader::EndRow(RowCallback on_row) {
  const bool quoted = state_ == State::kQuoteInQuoted || state_ == State::kQuotedThenCr;
  // A plain field is not empty here; an empty last one must not lose a CR of the field before.
  if (state_ == State::kPlain && text_.back() == '\r') text_.pop_back();
  EndField();
  fields_.clear();
  size_t begin = 0;
  for (const size_t end : ends_) {
    fields_.push_back(absl::string_view(text_).substr(begin, end - begin));
    begin = end;
  }
  const bool empty_line = fields_.size() == 1 && text_.empty() && !quoted;
  if (!empty_line) status_ = on_row(fields_, row_line_);
  text_.clear();
  ends_.clear();
  row_bytes_ = 0;
  in_row_ = false;
}

void CsvReader::Fail(uint64_t line, absl::string_view what) {
  status_ = absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", what));
}

std::string CsvEscape(absl::string_view field) {
  if (field.find_first_of(",\"\r\n") == absl::string_view::npos) return std::string(field);
  return absl::StrCat("\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
}

}  // namespace dnc
