// Filters the blocks of one FilterContacts stream.
#ifndef DNC_SERVER_HANDLER_FILTER_SESSION_H_
#define DNC_SERVER_HANDLER_FILTER_SESSION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dnc/v1/check.pb.h"
#include "server/handler/check_handler.h"
#include "server/handler/raw_text.h"

namespace dnc {

// One stream's: not thread-safe.
class FilterSession {
 public:
  // Judges the config as a check would judge the request.
  static absl::StatusOr<std::unique_ptr<FilterSession>> Create(const CheckHandler* handler,
                                                               const v1::FilterConfig& config);

  // Answers one block. LIMIT_EXCEEDED, and the store's errors; the stream ends with them.
  absl::Status Filter(const v1::FilterContactsRequest& block, v1::FilterContactsResponse* response);

 private:
  FilterSession(const CheckHandler* handler, v1::FilterConfig config)
      : handler_(handler), config_(std::move(config)) {}

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
  void Deny(uint32_t index, v1::ReasonType type, v1::Verdict verdict, absl::string_view list,
            v1::FilterContactsResponse* response);
  // A contact point of the block is allowed until `time`.
  void AllowUntil(UnixMicros time);

  const CheckHandler* const handler_;
  const v1::FilterConfig config_;
  // As lists spell them; in the config, or kept here.
  absl::string_view brand_, campaign_;
  std::string kept_brand_, kept_campaign_;
  std::vector<uint64_t> hits_;  // one bit a phone of the block: member of some registry
  std::optional<UnixMicros> allowed_until_;  // the least of the block's; none: none is allowed
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_FILTER_SESSION_H_
