#include "server/workflow/order.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace dnc {
namespace {

std::vector<std::string> Ids(const std::string& text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

TEST(FollowOrderTest, PutsWhatIsNamedInItsOrder) {
  const struct {
    const char* name;
    const char* held;
    const char* wanted;
    const char* ordered;
  } cases[] = {{"nothing", "", "", ""},
               {"nothing is named", "a b c", "", "a b c"},
               {"as it is", "a b c", "a b c", "a b c"},
               {"turned round", "a b c", "c b a", "c b a"},
               {"a part, as it is", "a b c d", "b d", "a b c d"},
               {"what follows goes along", "a x y b", "b a", "b a x y"},
               {"what is in front stays in front", "x a b", "b a", "x b a"},
               {"a new one in the middle", "a b c new", "a new b c", "a new b c"},
               {"a new one in front", "a b new", "new a", "new a b"},
               {"a new one behind", "a x new", "a new", "a x new"}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const std::vector<std::string> ordered = FollowOrder(Ids(test.held), Ids(test.wanted));
    EXPECT_EQ(absl::StrJoin(ordered, " "), test.ordered);
    // To ask again changes nothing.
    EXPECT_EQ(FollowOrder(ordered, Ids(test.wanted)), ordered);
  }
}

}  // namespace
}  // namespace dnc
