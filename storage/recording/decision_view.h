// A record of a check as it is written to and read from a page: views, without an allocation.
#ifndef DNC_STORAGE_RECORDING_DECISION_VIEW_H_
#define DNC_STORAGE_RECORDING_DECISION_VIEW_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dnc/storage/v1/recording.pb.h"
#include "storage/recording/recording_keys.h"

namespace dnc {

// What is shown of a contact point: of a phone number with nine digits or more its first four and
// its last two, and of everything else a text that MaskContact made.
struct ContactMask {
  bool is_phone = false;
  uint16_t first = 0;  // of a phone number
  uint8_t last = 0;
  absl::string_view text;

  // What has no such form is left without one, for the text: false.
  static bool OfPhone(uint64_t digits, ContactMask* mask);
  std::string Text() const;
};

struct PointView {
  ContactMask mask;
  uint64_t code = 0;  // ContactHash::code
};

// RecordedReason.
struct ReasonView {
  uint8_t type = 0;
  uint8_t effect = 0;
  bool global = false;
  uint32_t list = 0;
  uint64_t entry_revision = 0;
  uint32_t entry_ordinal = 0;
};

// RecordedReasonCount.
struct ReasonCountView {
  uint8_t type = 0;
  uint8_t verdict = 0;
  uint32_t count = 0;
};

// RecordedDecision, with what stood in its key. Of a record of a block's contact point the id has
// an index; its reasons are one.
struct DecisionView {
  uint32_t org = 0;
  DecisionId id;
  uint8_t kind = 0;
  uint8_t channel = 0;
  uint8_t message_class = 0;
  uint8_t verdict = 0;
  int64_t revision = 0;
  absl::string_view caller, lead;
  absl::string_view campaign, brand;  // in any case; kept in lower case
  absl::Span<const ReasonView> reasons;
  absl::Span<const PointView> points;
  bool more_points = false;
  // Of a block.
  uint32_t allowed = 0;
  absl::Span<const ReasonCountView> counts;

  // Whether it may have allowed contact points that it does not name.
  bool IsIncomplete() const { return kind == v1::DECISION_KIND_FILTER_BLOCK || more_points; }
};

// A record and where it belongs.
struct DecisionRow {
  uint32_t org = 0;
  DecisionId id;
  storage::v1::RecordedDecision record;
};

DecisionRow ToRow(const DecisionView& view);

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_DECISION_VIEW_H_
