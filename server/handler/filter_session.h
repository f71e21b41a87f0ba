// Filters the blocks of one FilterContacts stream.
#ifndef DNC_SERVER_HANDLER_FILTER_SESSION_H_
#define DNC_SERVER_HANDLER_FILTER_SESSION_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dnc/v1/check.pb.h"
#include "server/handler/block_registries.h"
#include "server/handler/check_handler.h"
#include "server/handler/filter_answer.h"
#include "server/handler/filter_request.h"
#include "server/handler/raw_text.h"
#include "server/handler/refused_phones.h"
#include "server/recording/block_event.h"

namespace dnc {

// One stream's: not thread-safe.
class FilterSession {
 public:
  // Judges the config as a check would judge the request.
  static absl::StatusOr<std::unique_ptr<FilterSession>> Create(const CheckHandler* handler,
                                                               const v1::FilterConfig& config,
                                                               absl::string_view caller = {});

  // Answers one block with a v1.FilterContactsResponse. LIMIT_EXCEEDED, and the store's errors; the
  // stream ends with them.
  absl::Status Filter(const FilterRequest& block, WireWriter* response);

 private:
  // Phones of one word that are not allowed for one reason.
  struct Refused {
    uint64_t phones;
    v1::Verdict verdict;
    uint32_t place;  // of the rule
  };
  // All of one word, each phone in one of them at the most.
  using RefusedOfWord = absl::InlinedVector<Refused, 4>;

  FilterSession(const CheckHandler* handler, v1::FilterConfig config, absl::string_view caller)
      : handler_(handler), config_(std::move(config)), caller_(caller) {}

  absl::StatusOr<Question> Ask(const View& view) const;
  absl::Status SetScope();
  absl::Status FilterPhones(const View& view, const Question& question,
                            absl::Span<const uint64_t> phones);
  // The phones 64 * word and up.
  absl::Status FilterWord(const View& view, const Question& question, size_t word,
                          absl::Span<const uint64_t> phones);
  // Those of the word that may have records, one by one.
  absl::Status JudgeSingly(const View& view, const Question& question, size_t word,
                           absl::Span<const uint64_t> phones, uint64_t which,
                           RefusedOfWord* refused);
  // Those that only registries may know.
  void JudgeAlike(const Question& question, size_t word, absl::Span<const uint64_t> phones,
                  uint64_t which, RefusedOfWord* refused);
  void Refuse(size_t word, const RefusedOfWord& refused);
  absl::Status FilterRaw(const View& view, const Question& question, const FilterRequest& block);
  // Reads the readings of a contact point, and judges them.
  absl::StatusOr<std::optional<Refused>> JudgePoints(const View& view, const Question& question,
                                                     RawPoints points, uint32_t index);
  // Decides about a contact point and leaves the event of a refusal. The rule that refused it;
  // none: it is allowed.
  std::optional<Refused> JudgeFacts(const Question& question, const Facts& facts, uint32_t index);
  void DenyRaw(uint32_t index, const Refused& refused);
  // Of a contact point that cannot be read.
  Refused DenyUnreadable(const Question& question, uint32_t index);
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
  // Of the block.
  BlockRegistries registries_;
  std::vector<uint64_t> may_have_records_;  // by word: which phones
  FilterAnswerColumns answer_;
  RefusedPhones refused_phones_;
  std::optional<BlockEvents> events_;  // none where checks leave no records
  uint32_t not_allowed_ = 0;
  std::optional<UnixMicros> allowed_until_;  // the least of all; none: none is allowed
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_FILTER_SESSION_H_
