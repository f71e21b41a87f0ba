// Records of checks between messages and pages.
#ifndef DNC_TESTS_UNIT_RECORDING_RECORDS_H_
#define DNC_TESTS_UNIT_RECORDING_RECORDS_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "storage/recording/decision_page.h"

namespace dnc::testing {

// As ToRow shows it: "+1212***23" is a phone number's mask, every other contact point a text.
inline ContactMask MaskOf(const std::string& shown) {
  ContactMask mask;
  int first = 0;
  int last = 0;
  const bool is_phone = shown.size() == 10 && shown[0] == '+' && shown.substr(5, 3) == "***" &&
                        absl::SimpleAtoi(shown.substr(1, 4), &first) &&
                        absl::SimpleAtoi(shown.substr(8), &last);
  if (is_phone) return {true, static_cast<uint16_t>(first), static_cast<uint8_t>(last), {}};
  mask.text = shown;
  return mask;
}

// Adds a record as it is read; its contact hashes are codes.
inline void AddRow(const DecisionRow& row, PageBuilder* page) {
  const storage::v1::RecordedDecision& record = row.record;
  DecisionView view;
  view.org = row.org;
  view.id = row.id;
  view.kind = static_cast<uint8_t>(record.kind());
  view.channel = static_cast<uint8_t>(record.channel());
  view.message_class = static_cast<uint8_t>(record.message_class());
  view.verdict = static_cast<uint8_t>(record.verdict());
  view.revision = record.revision();
  view.caller = record.caller();
  view.lead = record.lead();
  view.campaign = record.campaign();
  view.brand = record.brand();
  std::vector<ReasonView> reasons;
  for (const auto& reason : record.reasons()) {
    reasons.push_back({static_cast<uint8_t>(reason.type()), static_cast<uint8_t>(reason.effect()),
                       reason.global(), reason.list(), reason.entry_revision(),
                       reason.entry_ordinal()});
  }
  view.reasons = reasons;
  std::vector<PointView> points;
  for (int i = 0; i < record.contact_points_size(); ++i) {
    points.push_back(
        {MaskOf(record.contact_points(i)), recording_keys::ReadNumber(record.contact_hashes(i))});
  }
  view.points = points;
  view.more_points = record.more_contact_points();
  view.allowed = record.allowed();
  std::vector<ReasonCountView> counts;
  for (const auto& count : record.reason_counts()) {
    counts.push_back(
        {static_cast<uint8_t>(count.type()), static_cast<uint8_t>(count.verdict()), count.count()});
  }
  view.counts = counts;
  page->Add(view);
}

// What a page has, in its order.
inline std::vector<DecisionRow> RowsOf(absl::string_view page) {
  std::vector<DecisionRow> rows;
  std::optional<PageReader> reader = PageReader::Open(page);
  EXPECT_TRUE(reader.has_value());
  if (!reader.has_value()) return rows;
  DecisionView view;
  while (reader->Next(&view)) rows.push_back(ToRow(view));
  EXPECT_TRUE(reader->ok());
  EXPECT_EQ(rows.size(), reader->rows());
  return rows;
}

}  // namespace dnc::testing

#endif  // DNC_TESTS_UNIT_RECORDING_RECORDS_H_
