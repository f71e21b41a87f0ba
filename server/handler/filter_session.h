// Filters the blocks of one FilterContacts stream.
#ifndef DNC_SERVER_HANDLER_FILTER_SESSION_H_
#define DNC_SERVER_HANDLER_FILTER_SESSION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dnc/v1/check.pb.h"
#include "server/handler/check_handler.h"
#include "server/handler/raw_text.h"
#include "server/recording/decision_event.h"

namespace dnc {

// One stream's: not thread-safe.
class FilterSession {
 public:
  // Judges the config as a check would judge the request.
  static absl::StatusOr<std::unique_ptr<FilterSession>> Create(const CheckHandler* handler,
                                                               const v1::FilterConfig& config,
                                                               absl::string_view caller = {});

  // Answers one block. LIMIT_EXCEEDED, and the store's errors; the stream ends with them.
  absl::Status Filter(const v1::FilterContactsRequest& block, v1::FilterContactsResponse* response);

 private:
  FilterSession(const CheckHandler* handler, v1::FilterConfig config, absl::string_view caller)
      : handler_(handler), config_(std::move(config)), caller_(caller) {}

  absl::StatusOr<Question> Ask(const View& view) const;
  absl::Status SetScope();
  absl::Status FilterPhones(const View& view, const Question& question,
                            const v1::FilterContactsRequest& block,
                            v1::FilterContactsResponse* response);
  absl::Status FilterRaw(const View& view, const Question& question,
                         const v1::FilterContactsRequest& block,
                         v1::FilterContactsResponse* response);
  absl::Status JudgePoints(const View& view, const Question& question, RawPoints points,
                           uint32_t index, v1::FilterContactsResponse* response);
  void Deny(const Question& question, uint32_t index, v1::Verdict verdict, const MatchedRule& rule,
            absl::Span<const ContactPoint> points, v1::FilterContactsResponse* response);
  // Of a contact point that cannot be read.
  void DenyUnreadable(const Question& question, uint32_t index,
                      v1::FilterContactsResponse* response);
  // Leaves the records of the block.
  absl::Status Record(const Question& question, int64_t revision) const;
  // A contact point of the block is allowed until `time`.
  void AllowUntil(UnixMicros time);

  const CheckHandler* const handler_;
  const v1::FilterConfig config_;
  const std::string caller_;
  // As lists spell them; in the config, or kept here.
  absl::string_view brand_, campaign_;
  std::string kept_brand_, kept_campaign_;
  std::vector<uint64_t> hits_;         // one bit a phone of the block: member of some registry
  std::optional<BlockEvents> events_;  // of the block; none where checks leave no records
  uint32_t not_allowed_ = 0;           // of the block
  std::optional<UnixMicros> allowed_until_;  // the least of the block's; none: none is allowed
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_FILTER_SESSION_H_
