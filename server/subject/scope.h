// Names of brands and campaigns, as lists and checks give them.
#ifndef DNC_SERVER_SUBJECT_SCOPE_H_
#define DNC_SERVER_SUBJECT_SCOPE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc {

// The most bytes that a brand or campaign may have.
inline constexpr size_t kMaxScopeBytes = 128;

// The name as it is compared, apart from the case of ASCII letters: white space and case aside, in
// Unicode form C, since a list of the brand "Müller" must not be missed by a check that spells it
// with another code for "ü". Empty stays empty: not given. Returns `given` itself where it needs no
// change, else `*kept`, which outlives the result.
//
// INVALID_FIELD where it is blank, too long, not UTF-8 or holds control characters: a name that no
// list can have would leave every list of a brand out. Thread-safe.
absl::StatusOr<absl::string_view> CanonicalScope(absl::string_view given, absl::string_view field,
                                                 std::string* kept);

}  // namespace dnc

#endif  // DNC_SERVER_SUBJECT_SCOPE_H_
