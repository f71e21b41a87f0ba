// Reading lists in tests: whole and byte by byte, into text that is easy to compare.
#ifndef DNC_TESTS_UNIT_REGISTRY_LIST_RECORDER_H_
#define DNC_TESTS_UNIT_REGISTRY_LIST_RECORDER_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/contact/contact_point.h"
#include "server/registry/list_parser.h"

namespace dnc {

// Keeps all that is reported, as text that tests can compare: "3 + +12125551234 BOUNCE
// @1700000000".
class Recorder : public ListRowSink {
 public:
  void OnRow(const ListRow& row) override {
    std::string text =
        absl::StrCat(row.line, row.op == ListRow::Op::kAdd ? " + " : " - ", ToString(row.contact));
    if (!row.reason.empty()) absl::StrAppend(&text, " ", row.reason);
    if (row.time.has_value()) absl::StrAppend(&text, " @", *row.time / 1'000'000);
    rows.push_back(text);
  }

  void OnReject(const RejectedRow& row) override {
    rejects.push_back(absl::StrCat(row.line, " ", RejectCauseName(row.cause),
                                   row.breaks_file ? " breaks" : " harmless"));
    messages.push_back(row.message);
  }

  void OnAreaCode(absl::string_view code) override { area_codes.emplace_back(code); }

  std::vector<std::string> rows;
  std::vector<std::string> rejects;
  std::vector<std::string> messages;
  std::vector<std::string> area_codes;
};

struct Outcome : Recorder {
  absl::Status status;
  ListFormat format = ListFormat::kAuto;
};

inline void Read(absl::string_view text, size_t piece, const ListParserOptions& options,
                 Outcome& out) {
  auto parser = ListParser::Create(options, &out);
  ASSERT_TRUE(parser.ok()) << parser.status();
  for (size_t at = 0; at < text.size() && out.status.ok(); at += piece) {
    out.status = (*parser)->Feed(text.substr(at, piece));
  }
  const absl::Status last = (*parser)->Finish();
  EXPECT_TRUE(out.status.ok() || last == out.status) << "an error must stay";
  out.status = last;
  out.format = (*parser)->format();
}

// Reads the text whole and byte by byte, which must agree.
inline Outcome Parse(absl::string_view text, const ListParserOptions& options = {}) {
  Outcome whole, bytes;
  Read(text, text.size() + 1, options, whole);
  Read(text, 1, options, bytes);
  EXPECT_EQ(bytes.rows, whole.rows) << text;
  EXPECT_EQ(bytes.rejects, whole.rejects) << text;
  EXPECT_EQ(bytes.status, whole.status) << text;
  EXPECT_EQ(bytes.format, whole.format) << text;
  return whole;
}

inline Outcome ParseAs(ListFormat format, absl::string_view text) {
  return Parse(text, {.format = format});
}

inline Outcome ParseOk(absl::string_view text, ListFormat detected) {
  Outcome outcome = Parse(text);
  EXPECT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_EQ(ListFormatName(outcome.format), ListFormatName(detected)) << text;
  return outcome;
}

inline void ExpectRefused(const Outcome& outcome, absl::string_view why) {
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(outcome.status.message()), ::testing::HasSubstr(std::string(why)));
}

}  // namespace dnc

#endif  // DNC_TESTS_UNIT_REGISTRY_LIST_RECORDER_H_
