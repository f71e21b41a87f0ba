// What a list file says, row by row.
#ifndef DNC_SERVER_REGISTRY_LIST_ROW_H_
#define DNC_SERVER_REGISTRY_LIST_ROW_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/contact/contact_point.h"
#include "storage/base/clock.h"

namespace dnc {

struct ListRow {
  // kDelete appears in change lists only.
  enum class Op : uint8_t { kAdd, kDelete };

  uint64_t line = 0;  // the physical line where the row starts, from 1
  Op op = Op::kAdd;
  ContactPoint contact = {};
  // As the file gives it: SES "BOUNCE" or "COMPLAINT", the subject of an FTC complaint; or empty.
  absl::string_view reason = {};
  // When the person opted out or complained, or the change was made, where the file says so. A time
  // without a zone is taken as UTC.
  std::optional<UnixMicros> time = {};
};

// Stable: reported to clients.
enum class RejectCause : uint8_t {
  kMalformed = 1,         // not UTF-8, not a contact point, or a column that cannot be read
  kImpossibleNumber = 2,  // digits that no one can dial
  kInvalidEmail = 3,
  kMissingField = 4,          // a column that the format needs is absent or empty
  kExtraField = 5,            // more columns than the format has
  kBadOperation = 6,          // neither A nor D
  kBadTime = 7,               // a time stamp that cannot be read
  kNumberWithoutCountry = 8,  // a national number, and no default region to read it by
};

// "MALFORMED", "IMPOSSIBLE_NUMBER" and so on.
absl::string_view RejectCauseName(RejectCause cause);

struct RejectedRow {
  uint64_t line = 0;
  RejectCause cause = RejectCause::kMalformed;
  std::string message;       // what is wrong and how to mend it; contact data masked
  std::string masked_value;  // the value in question, masked
  // True where a contact point may have been lost, so that a list without this row could leave
  // someone unprotected. False where nothing is lost: a number that nobody can dial (checks refuse
  // it too), a complaint that names no number.
  bool breaks_file = true;
};

// Receives the rows of a file in their order. What a row refers to is valid during the call only.
class ListRowSink {
 public:
  virtual ~ListRowSink() = default;
  virtual void OnRow(const ListRow& row) = 0;
  virtual void OnReject(const RejectedRow& row) = 0;
  // Rows of consecutive lines that add a canonical phone number each and say nothing else.
  virtual void OnNumbers(absl::Span<const uint64_t> numbers, uint64_t first_line) {
    ListRow row;
    row.contact.kind = ContactKind::kPhone;
    for (const uint64_t number : numbers) {
      row.line = first_line++;
      row.contact.phone = number;
      OnRow(row);
    }
  }
  // An area code of three digits that the file says it covers, whether or not it has numbers of it.
  virtual void OnAreaCode(absl::string_view /*code*/) {}
};

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_LIST_ROW_H_
