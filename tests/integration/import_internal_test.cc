// Imports into internal lists: what could be an opt-out is never dropped, and a file that cannot be
// read whole changes nothing.
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::SizeIs;

class ImportInternalTest : public GatewayTest {
 protected:
  ImportReply ImportInternal(absl::string_view file, absl::string_view more = "") {
    return Import(absl::StrCat("list: '~/lists/internal' ", more), file);
  }
  void ExpectRefusedInLine(const ImportReply& reply, int64_t line, const char* cause) {
    EXPECT_THAT(reply, Refused("FILE_ROWS_REJECTED"));
    EXPECT_EQ(reply.metadata("first_line"), absl::StrCat(line));
    ASSERT_THAT(reply.rejected, SizeIs(1));
    EXPECT_EQ(reply.rejected[0].line(), line);
    EXPECT_EQ(reply.rejected[0].cause(), cause);
    EXPECT_TRUE(reply.rejected[0].breaks_file());
    EXPECT_EQ(GetList("internal").entry_count(), 0);
  }
};

TEST_F(ImportInternalTest, AFileInLatin1ChangesNothing) {
  std::string ses;
  for (int i = 0; i < 2500; ++i) {
    absl::StrAppend(&ses, "a", i, "@example.com,", i == 2000 ? "Caf\xE9" : "BOUNCE", "\n");
  }
  ExpectRefusedInLine(ImportInternal(ses, "format: 'ses'"), 2001, "MALFORMED");
  std::string complaints = "Company_Phone_Number,Created_Date,Subject\n";
  for (int i = 0; i < 2500; ++i) {
    absl::StrAppend(&complaints, 2125550000 + i, ",2026-01-02,", i == 1998 ? "Caf\xE9" : "Other",
                    "\n");
  }
  ExpectRefusedInLine(ImportInternal(complaints), 2000, "MALFORMED");
  ASSERT_THAT(ImportInternal(complaints, "allow_partial: true"), IsOk());
  EXPECT_EQ(GetList("internal").entry_count(), 2499);
}

// At whatever byte the limit falls within a character of three.
TEST_F(ImportInternalTest, LongTextsAreCutBetweenCharacters) {
  std::string file, name;
  for (int i = 0; i < 400; ++i) name += "\u20AC";
  for (size_t shift = 0; shift < 3; ++shift) {
    absl::StrAppend(&file, "a", shift, "@example.com,", std::string(shift, 'x'), name, "\n");
  }
  ASSERT_THAT(ImportInternal(file, absl::StrCat("format: 'ses' file_name: '", name, "'")), IsOk());
  const auto entries = Must<v1::ListEntriesRequest>("parent: '~'");
  ASSERT_EQ(entries.entries_size(), 3);
  for (const v1::Entry& entry : entries.entries()) {
    EXPECT_THAT(entry.reason(), SizeIs(AllOf(Ge(510u), Le(512u))));
    EXPECT_THAT(entry.reason(), EndsWith("\u20AC"));
    EXPECT_THAT(entry.evidence(), HasSubstr("\u20AC line "));
  }
}

TEST_F(ImportInternalTest, ANumberThatMayBeSomebodysBreaksTheFile) {
  for (const char* damaged : {"555-1234", "(212) 555-123", "2125550199 5"}) {
    const std::string file = absl::StrCat("2125550101\n", damaged, "\n2125550102\n");
    ExpectRefusedInLine(ImportInternal(file, "format: 'plain'"), 2, "IMPOSSIBLE_NUMBER");
  }
  const ImportReply partial = ImportInternal("2125550101\n555-1234\n", "allow_partial: true");
  ASSERT_THAT(partial, IsOk());
  EXPECT_EQ(partial.summary.rows_rejected(), 1);
  EXPECT_EQ(partial.summary.added(), 1);
}

TEST_F(ImportInternalTest, AWholeNumberThatNobodyHasDoesNoHarm) {
  std::string file = "2121550101\n";
  for (int i = 0; i < 20; ++i) absl::StrAppend(&file, 2125550000 + i, "\n");
  const ImportReply reply = ImportInternal(file);
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply.summary.rows_impossible(), 1);
  EXPECT_EQ(reply.summary.added(), 20);
}

TEST_F(ImportInternalTest, TheFirstLineIsAHeaderOnlyByAKnownTitle) {
  ExpectRefusedInLine(ImportInternal("annexample.com\nbob@example.com\n"), 1, "MALFORMED");
  const ImportReply reply = ImportInternal("ann@example.com,EMAIL\nbob@example.com,EMAIL\n");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply.summary.added(), 2);
}

TEST_F(ImportInternalTest, TheDateOfAFileMeansNothing) {
  EXPECT_THAT(ImportInternal("2125550101\n", "file_name: '2030-01-01.txt'"), IsOk());
}

TEST_F(ImportInternalTest, TenAmericanDigitsElsewhereAreAmbiguous) {
  const ImportReply reply = ImportInternal("2125550101\n", "default_region: 'IN'");
  EXPECT_THAT(reply, Refused("FILE_UNREADABLE"));
  EXPECT_THAT(reply.message, HasSubstr("ftc-flat"));
  EXPECT_THAT(ImportInternal("2125550101\n", "default_region: 'IN' format: 'plain'"), IsOk());
  EXPECT_EQ(PhoneVerdict("+912125550101"), v1::VERDICT_DENY);
}

// Rejected rows are sent while the piece is read: no answer is about more rows than it holds and
// those before it held.
TEST_F(ImportInternalTest, RejectedRowsAreNotHeldBack) {
  constexpr int kRows = 20'000;
  v1::ImportListRequest message;
  ReadText("list: '~/lists/internal' format: 'plain' actor { id: 'a' }", message.mutable_config());
  for (int i = 0; i < kRows; ++i) message.mutable_data()->append("a\n");
  message.set_complete(true);
  ImportStream stream(&client());
  ASSERT_TRUE(stream.Write(message));
  stream.WritesDone();
  int64_t told = 0;
  while (const auto answer = stream.Read()) {
    EXPECT_LE(answer->rejected_size(), 1000);
    told += answer->rejected_size();
    EXPECT_EQ(answer->rows(), told);
  }
  EXPECT_EQ(told, kRows);
  EXPECT_THAT(stream.Finish(), Refused("FILE_ROWS_REJECTED"));
}

}  // namespace
}  // namespace dnc
