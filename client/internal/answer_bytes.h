// Answers to checks as they travel. Building the messages of one, and what they hold, costs the
// library more than everything else that it does for a check; most callers want the verdict.
#ifndef DNC_CLIENT_INTERNAL_ANSWER_BYTES_H_
#define DNC_CLIENT_INTERNAL_ANSWER_BYTES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dnc {

// A v1.StreamedAnswer.
struct StreamedAnswerBytes {
  enum class Result : uint8_t { kNone, kResponse, kError };

  uint64_t id = 0;
  Result result = Result::kNone;
  absl::string_view bytes;  // of the result
};

// The answers of a serialised v1.StreamChecksResponse, all of whose parts protobuf could read; they
// view `*message`, which may be replaced by other bytes of the same meaning. False where it is
// none.
bool ReadAnswers(std::string* message, std::vector<StreamedAnswerBytes>* answers);

// What a v1.CheckContactResponse says beside its reasons.
struct AnswerHead {
  int verdict = 0;           // v1.Verdict, or a number that is none
  absl::Duration valid_for;  // as ReadValidFor has it
  int64_t revision = 0;
};

// Reads a serialised v1.CheckContactResponse. False where it is none.
bool ReadAnswerHead(absl::string_view response, AnswerHead* head);

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_ANSWER_BYTES_H_
