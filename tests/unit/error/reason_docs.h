// What proto/dnc/v1/error_reason.proto says of each reason.
#ifndef DNC_TESTS_UNIT_ERROR_REASON_DOCS_H_
#define DNC_TESTS_UNIT_ERROR_REASON_DOCS_H_

#include <map>
#include <set>
#include <string>

namespace dnc {

struct ReasonDoc {
  std::string code;            // "INVALID_ARGUMENT"
  std::set<std::string> keys;  // of the metadata
};

// By the value's name, "ERROR_REASON_…". The comment of a value is "CODE {key, key}: text".
std::map<std::string, ReasonDoc> ReadReasonDocs();

}  // namespace dnc

#endif  // DNC_TESTS_UNIT_ERROR_REASON_DOCS_H_
