// What a diagnosis gathers: findings, each once with the users whom it concerns, causes first.
#ifndef DNC_SERVER_DIAGNOSE_FINDINGS_H_
#define DNC_SERVER_DIAGNOSE_FINDINGS_H_

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"
#include "dnc/v1/diagnose.pb.h"

namespace dnc {

// How many findings one answer lists, and how many users one finding names.
inline constexpr size_t kMostFindings = 1000;
inline constexpr int kMostUsers = 20;

// A finding without remedy and users.
v1::Finding MakeFinding(v1::Finding::Kind kind, v1::Finding::Severity severity,
                        absl::string_view object, absl::string_view related, std::string message);

// Not thread-safe.
class FindingList {
 public:
  // Of findings that agree in kind, severity, object and related only the first is kept. Where
  // `user` is given, it counts among those whom the finding concerns.
  void Add(v1::Finding finding, absl::string_view user = "");

  bool empty() const { return findings_.empty(); }
  bool Has(v1::Finding::Severity severity) const;

  // The findings, causes first, and what they come to; `nothing` is said where there is no cause.
  // Where there is no finding at all, one says so.
  void Write(absl::string_view nothing, google::protobuf::RepeatedPtrField<v1::Finding>* findings,
             v1::Diagnosis* diagnosis) &&;

 private:
  using Key = std::tuple<int, int, std::string, std::string>;

  std::map<Key, size_t> places_;
  std::vector<v1::Finding> findings_;
};

// "1 cause, 2 warnings: " and the first cause; `nothing` where there is none.
std::string DiagnosisText(const v1::Diagnosis& diagnosis, absl::string_view first_cause,
                          absl::string_view nothing);

}  // namespace dnc

#endif  // DNC_SERVER_DIAGNOSE_FINDINGS_H_
