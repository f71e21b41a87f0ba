// The answer to a block of a send list, put together in the columns in which it travels.
#ifndef DNC_SERVER_HANDLER_FILTER_ANSWER_H_
#define DNC_SERVER_HANDLER_FILTER_ANSWER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/decision/decide.h"
#include "storage/base/wire.h"
#include "storage/recording/recording_keys.h"

namespace dnc {

// One answer after the other, in the same memory. Not thread-safe.
class FilterAnswerColumns {
 public:
  // A new answer, in which every one of `count` contact points is allowed.
  void Begin(size_t count, bool with_reasons);

  // Takes the permission of those among the contact points 64 * word to 64 * word + 63 whose bits
  // are set. Once for each.
  void SetWord(size_t word, uint64_t denied, uint64_t unknown);
  // The same of one.
  void Set(size_t index, v1::Verdict verdict);

  // Where the rule stands among those of the answer; it is added where it is new.
  uint32_t PlaceOf(const MatchedRule& rule, const Question& question);
  // The rule at that place decided about the next `times` contact points that are not allowed.
  void AddReasons(uint32_t place, size_t times);

  // Writes the fields `verdicts`, `count`, `rules` and `reasons`, and those in between.
  void Write(const Question& question, int64_t revision, UnixMicros allowed_until,
             const DecisionId& id, WireWriter* writer) const;

 private:
  struct Rule {
    v1::ReasonType type;
    std::string list;
  };

  size_t count_ = 0;
  bool with_reasons_ = true;
  std::vector<uint64_t> verdicts_;  // two bits each; the spare ones of the last word are ALLOW
  std::string reasons_;             // varints
  std::vector<Rule> rules_;
  absl::flat_hash_map<std::pair<v1::ReasonType, const CatalogList*>, uint32_t> places_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_FILTER_ANSWER_H_
