#include "server/optout/one_click.h"

#include <gtest/gtest.h>

#include <string>

namespace dnc {
namespace {

TEST(OneClick, IsThePairOfTheStandardInEitherForm) {
  const struct {
    const char* body;
    bool is_one;
  } rows[] = {
      {"List-Unsubscribe=One-Click", true},
      {"List-Unsubscribe=One-Click\r\n", true},
      {"list-unsubscribe=one-click", true},
      {"a=b&List-Unsubscribe=One-Click", true},
      {"List-Unsubscribe=One-Click&token=x", true},
      {"--xyz\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n"
       "--xyz--\r\n",
       true},
      {"--xyz\nContent-Disposition: form-data; name=token\n\nabc\n--xyz\n"
       "Content-Disposition: form-data; name=List-Unsubscribe\n\nOne-Click\n--xyz--\n",
       true},
      {"", false},
      {"List-Unsubscribe", false},
      {"List-Unsubscribe=", false},
      {"List-Unsubscribe=One-Click-Later", false},
      {"X-List-Unsubscribe=One-Click", false},
      {"List-Unsubscribe One-Click", false},
      {"confirm=yes", false},
      {"--xyz\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nTwo-Clicks\r\n"
       "--xyz--\r\n",
       false},
      {"--xyz", false},
      {"--xyz\nOne-Click\n--xyz--", false},
  };
  for (const auto& row : rows) EXPECT_EQ(IsOneClickBody(row.body), row.is_one) << row.body;
}

}  // namespace
}  // namespace dnc
