// dncctl with files: imports and filters, whole and broken. What interrupts them is in
// cli_interrupted_test.cc.
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/integration/cli_fixture.h"
#include "tests/integration/zip.h"
#include "tests/real_file.h"

namespace dnc {
namespace {

using CliFilesTest = e2e::CliTest;
using e2e::Ends;
using e2e::IsJson;
using e2e::kDncctl;
using e2e::ProcessResult;
using e2e::ReadFile;
using e2e::RunProcess;
using testing::_;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// The date in UTC, as publishers put it into file names.
std::string Today() { return absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone()); }

TEST_F(CliFilesTest, LeadsImportIsAllOrNothing) {
  StartDemo();
  std::string csv = "id,name,record_type,status,phone,phone2,email,note\n";
  for (int i = 0; i < 1200; ++i) {
    absl::StrAppend(&csv, i, ",Lead ", i, ",contact,sales/new,+1212555", 1000 + i, ",,,x\n");
  }
  const std::string good = Write("good.csv", csv);
  const std::string bad = Write("bad.csv", csv + "1200,Bad,contact,sales/new,12,,,\n");

  EXPECT_THAT(Run({"leads", "import", bad}),
              Ends(2, HasSubstr("NOT WRITTEN"),
                   AllOf(HasSubstr("1202"), HasSubstr("INVALID_PHONE_NUMBER"),
                         HasSubstr("nothing was written"), HasSubstr("--allow-partial"))));
  EXPECT_THAT(Run({"leads", "get", "7"}), Ends(3, IsEmpty(), HasSubstr("LEAD_NOT_FOUND")));
  EXPECT_THAT(Run({"leads", "import", good, "--dry-run"}),
              Ends(0, AllOf(HasSubstr("1,200"), HasSubstr("NOT WRITTEN")), HasSubstr("note")));
  EXPECT_THAT(Run({"-o", "json", "leads", "import", good}),
              Ends(0,
                   AllOf(IsJson(), HasSubstr("\"created\": 1200"), HasSubstr("\"written\": true"),
                         HasSubstr("note")),
                   IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "leads", "import", bad}),
              Ends(2, IsJson(),
                   AllOf(IsJson(), testing::ContainsRegex("\"count\":1[,}]"), HasSubstr("1202"))));
  EXPECT_THAT(Run({"leads", "import", good}),
              Ends(0, testing::ContainsRegex("unchanged +1,200"), HasSubstr("note")));
  EXPECT_THAT(Run({"leads", "import", bad, "--allow-partial", "--rejects", Path("rejects.csv")}),
              Ends(0, testing::ContainsRegex("refused +1"), HasSubstr("1 row was not taken")));
  EXPECT_THAT(ReadFile(Path("rejects.csv")), HasSubstr("1202,INVALID_PHONE_NUMBER"));
  EXPECT_THAT(Run({"leads", "import", "-"}, csv), Ends(2, IsEmpty(), HasSubstr("--allow-partial")));
  EXPECT_THAT(Run({"leads", "import", "-", "--allow-partial"}, csv),
              Ends(0, HasSubstr("WRITTEN"), HasSubstr("note")));
  EXPECT_THAT(Run({"leads", "import", Write("no-id.csv", "name\nx\n")}),
              Ends(2, IsEmpty(), HasSubstr("no column \"id\"")));
  EXPECT_THAT(Run({"leads", "import", Write("none.csv", "id,name\n")}),
              Ends(0, HasSubstr("created"), HasSubstr("no rows below its first line")));
  // Said only of a file that was read to its end.
  EXPECT_THAT(
      Run({"--org", "nosuch", "leads", "import", good}),
      Ends(3, IsEmpty(), AllOf(HasSubstr("ORGANIZATION_NOT_FOUND"), Not(HasSubstr("no rows")))));
  const std::string one = "id,record_type,status,phone\n1,contact,sales/new,";
  EXPECT_THAT(Run({"leads", "import", Write("one.csv", one + "12\n")}),
              Ends(2, HasSubstr("NOT WRITTEN"), Not(HasSubstr("no rows"))));
  EXPECT_THAT(Run({"leads", "import", Write("one.csv", one + "+12125550199\n"), "--dry-run"}),
              Ends(0, HasSubstr("NOT WRITTEN"), IsEmpty()));
}

TEST_F(CliFilesTest, ListsAndImport) {
  StartDemo();
  EXPECT_THAT(
      Run({"lists", "create", "national", "--kind", "registry", "--max-age", "31d"}),
      Ends(0,
           AllOf(HasSubstr("registry"), HasSubstr("31d"), HasSubstr("voice, sms, fax; marketing")),
           IsEmpty()));
  EXPECT_THAT(Run({"lists", "create", "national", "--kind", "internal"}),
              Ends(4, IsEmpty(), HasSubstr("ALREADY_EXISTS")));
  const std::string numbers = "2125550101\n(212) 555-0102\n+12125550103\n";
  EXPECT_THAT(Run({"lists", "import", "national", Write("numbers.txt", numbers)}),
              Ends(2, IsEmpty(), AllOf(HasSubstr("config.as_of_time"), HasSubstr("--as-of now"))));
  EXPECT_THAT(Run({"lists", "import", "national", "-", "--as-of", "now", "--dry-run"}, numbers),
              Ends(0, testing::ContainsRegex("changed +no"), IsEmpty()));
  const std::string file = Write(absl::StrCat("numbers-", Today(), ".txt"), numbers);
  EXPECT_THAT(Run({"lists", "import", "national", file, "--dry-run"}),
              Ends(0,
                   AllOf(testing::ContainsRegex("changed +no, a dry run"),
                         testing::ContainsRegex("to be added +3")),
                   IsEmpty()));
  EXPECT_THAT(
      Run({"lists", "import", "national", file}),
      Ends(0, AllOf(testing::ContainsRegex("changed +yes"), testing::ContainsRegex("added +3")),
           IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "lists", "import", "national", file}),
              Ends(0, HasSubstr("\"changed\": false"), IsEmpty()));
  EXPECT_THAT(Run({"check", "--phone", "+12125550102", "--channel", "voice"}),
              Ends(10, HasSubstr("CONTACT_POINT_ON_REGISTRY"), IsEmpty()));
  EXPECT_THAT(Run({"check", "--phone", "+12125550199", "--channel", "voice"}),
              Ends(0, HasSubstr("ALLOW"), IsEmpty()));
  EXPECT_THAT(Run({"lists", "get", "national"}), Ends(0, HasSubstr("registry"), IsEmpty()));
  EXPECT_THAT(Run({"lists", "list"}),
              Ends(0, AllOf(HasSubstr("national"), HasSubstr("internal")), IsEmpty()));
  EXPECT_THAT(Run({"lists", "get", "none"}), Ends(3, IsEmpty(), HasSubstr("LIST_NOT_FOUND")));
}

TEST_F(CliFilesTest, ADryRunCountsWhatAnInternalListWouldGain) {
  StartDemo();
  const std::string file = Write("more.txt", "2125550171\n2125550172\n");
  EXPECT_THAT(Run({"lists", "import", "internal", file, "--dry-run"}),
              Ends(0, AllOf(testing::ContainsRegex("to be added +2"), Not(HasSubstr("revision"))),
                   IsEmpty()));
  EXPECT_THAT(Run({"lists", "import", "internal", file}),
              Ends(0, testing::ContainsRegex("added +2"), IsEmpty()));
}

// What nobody has given an age never gets too old.
TEST_F(CliFilesTest, TheUsRegistryWithoutAnAgeIsWarnedOf) {
  StartDemo();
  EXPECT_THAT(Run({"lists", "create", "ageless", "--kind", "registry"}), Ends(0, _, IsEmpty()));
  const std::string file = Write("ageless.txt", "212,5550101\n");
  EXPECT_THAT(
      Run({"lists", "import", "ageless", file, "--format", "ftc-flat"}),
      Ends(0, HasSubstr("(undated)"),
           AllOf(HasSubstr("no max_age"), HasSubstr("dncctl lists update ageless --max-age 31d"),
                 HasSubstr("(--as-of)"))));
  EXPECT_THAT(Run({"lists", "update", "ageless", "--max-age", "31d"}), Ends(0, _, IsEmpty()));
  EXPECT_THAT(Run({"lists", "import", "ageless", file, "--format", "ftc-flat", "--as-of", "now"}),
              Ends(0, Not(HasSubstr("(undated)")), IsEmpty()));
}

TEST_F(CliFilesTest, BrokenImportsChangeNothing) {
  StartDemo();
  ASSERT_EQ(Run({"lists", "create", "national", "--kind", "registry"}).exit_code, 0);
  const std::string bad = Write("bad.txt", "2125550101\nnot a number\n2125550102\n");
  EXPECT_THAT(
      Run({"lists", "import", "national", bad, "--rejects", Path("rejects.csv")}),
      Ends(2, IsEmpty(), AllOf(HasSubstr("FILE_ROWS_REJECTED"), HasSubstr("1 row was not taken"))));
  EXPECT_THAT(ReadFile(Path("rejects.csv")), StartsWith("line,cause,value,message\n2,"));
  EXPECT_THAT(Run({"-o", "json", "lists", "get", "national"}),
              Ends(0, Not(HasSubstr("\"active_version\": {")), IsEmpty()));
  EXPECT_THAT(Run({"lists", "import", "national", bad, "--allow-partial"}),
              Ends(0, testing::ContainsRegex("added +2"), HasSubstr("1 row was not taken")));
  EXPECT_THAT(Run({"lists", "import", "national", Path("none")}),
              Ends(2, IsEmpty(), HasSubstr("No such file")));
  EXPECT_THAT(Run({"lists", "import", "national", folder_}),
              Ends(2, IsEmpty(), HasSubstr("is a directory")));
  EXPECT_THAT(Run({"lists", "import", "national", Write("void", "")}),
              Ends(2, IsEmpty(), HasSubstr("is empty")));
  EXPECT_THAT(Run({"lists", "import", "national", Write("text.zip", "2125550101\n")}),
              Ends(2, IsEmpty(), HasSubstr("is not a zip archive")));
  EXPECT_THAT(Run({"lists", "import", "national", bad, "--format", "pdf"}),
              Ends(2, IsEmpty(), HasSubstr("ftc-flat")));
  EXPECT_THAT(Run({"lists", "import", "none", bad}),
              Ends(3, IsEmpty(), HasSubstr("LIST_NOT_FOUND")));
  const std::string good = Write("good.txt", "2125550102\n");
  EXPECT_THAT(Run({"lists", "import", "national", good, "--rejects", Path("no/such/folder.csv")}),
              Ends(2, IsEmpty(), HasSubstr("cannot write")));
  EXPECT_THAT(Run({"lists", "import", "national", good, "--rejects", good}),
              Ends(2, IsEmpty(), HasSubstr("is the very file that is read")));
  EXPECT_EQ(ReadFile(good), "2125550102\n");
  EXPECT_THAT(Run({"-o", "json", "lists", "import", "national", bad}),
              Ends(2, IsEmpty(),
                   AllOf(IsJson(), HasSubstr("FILE_ROWS_REJECTED"), HasSubstr("\"rejected\""))));
  EXPECT_THAT(Run({"-o", "json", "lists", "get", "national"}),
              Ends(0, HasSubstr("\"count\": \"2\""), IsEmpty()));
}

TEST_F(CliFilesTest, AreaCodesAreTheFilesUnlessTheyAreNamed) {
  StartDemo();
  ASSERT_EQ(
      Run({"lists", "create", "national", "--kind", "registry", "--max-age", "31d"}).exit_code, 0);
  const std::string file =
      Write(absl::StrCat("flat-", Today(), ".txt"), "423,5550101\n212,5550101\n");
  const auto check = [&] {
    return Run({"check", "--phone", "+13105550100", "--channel", "voice"});
  };
  EXPECT_THAT(Run({"lists", "import", "national", file}),
              Ends(0, testing::ContainsRegex("area codes +212, 423 .from the file"), IsEmpty()));
  EXPECT_THAT(check(), Ends(11, HasSubstr("AREA_CODE_NOT_SUBSCRIBED"), IsEmpty()));
  EXPECT_THAT(Run({"lists", "import", "national", file, "--area-codes", "all"}),
              Ends(0, testing::ContainsRegex("area codes +all"), IsEmpty()));
  EXPECT_THAT(check(), Ends(0, HasSubstr("ALLOW"), IsEmpty()));
}

// Rows about a lead that the file itself brings need not say again what it is, however far apart.
TEST_F(CliFilesTest, LeadsImportJudgesLaterRowsOfNewLeads) {
  StartDemo();
  std::string csv = "id,record_type,status,phone\n";
  for (int i = 0; i < 1100; ++i) {
    absl::StrAppend(&csv, i, ",contact,sales/new,+1212555", 1000 + i, "\n");
  }
  absl::StrAppend(&csv, "3,,,+12125559003\n", "4,contact,sales/working,\n");
  const std::string other_type = csv + "5,company,support/open,\n";
  EXPECT_THAT(Run({"leads", "import", Write("other.csv", other_type)}),
              Ends(2, HasSubstr("NOT WRITTEN"),
                   AllOf(HasSubstr("1104"), HasSubstr("RECORD_TYPE_MISMATCH"))));
  const std::string file = Write("leads.csv", csv);
  const auto counts =
      AllOf(testing::ContainsRegex("created +1,100"), testing::ContainsRegex("updated +2"));
  EXPECT_THAT(Run({"leads", "import", file, "--dry-run"}), Ends(0, counts, IsEmpty()));
  EXPECT_THAT(Run({"leads", "import", file, "--request-id", "import-7"}),
              Ends(0, counts, IsEmpty()));
  EXPECT_THAT(Run({"leads", "get", "3"}), Ends(0, HasSubstr("+12125559003"), IsEmpty()));
  EXPECT_THAT(Run({"leads", "get", "4"}), Ends(0, HasSubstr("sales/working"), IsEmpty()));
}

TEST_F(CliFilesTest, ZipsAreImportedWholeOrNotAtAll) {
  StartDemo();
  ASSERT_EQ(Run({"lists", "create", "national", "--kind", "registry"}).exit_code, 0);
  std::string numbers;
  for (int i = 0; i < 100000; ++i) absl::StrAppend(&numbers, 2125550000 + i % 9999, "\n");
  const std::string zip = Path("2026-01-31_full.zip");
  e2e::WriteZip(zip, "2026-01-31_full.txt", numbers);
  std::string broken = ReadFile(zip);
  broken[14] = static_cast<char>(broken[14] ^ 1);  // the checksum in the file's own header …
  const size_t directory = broken.rfind("PK\x01\x02");
  ASSERT_NE(directory, std::string::npos);
  broken[directory + 16] = broken[14];  // … and in the directory
  const std::string bad = Write("2026-02-01_full.zip", broken);
  const std::string rejects = Write("rejects.csv", "of yesterday");
  EXPECT_THAT(Run({"lists", "import", "national", bad, "--rejects", rejects}),
              Ends(1, IsEmpty(), HasSubstr("is broken after")));
  EXPECT_EQ(ReadFile(rejects), "of yesterday");
  EXPECT_THAT(Run({"-o", "json", "lists", "get", "national"}),
              Ends(0, Not(HasSubstr("\"active_version\": {")), IsEmpty()));
  EXPECT_THAT(Run({"lists", "import", "national", zip, "--rejects", rejects}),
              Ends(0,
                   AllOf(testing::ContainsRegex("added +9,999"),
                         testing::ContainsRegex("as of +2026-01-31")),
                   IsEmpty()));
  EXPECT_EQ(ReadFile(rejects), "line,cause,value,message\n");
  EXPECT_THAT(Run({"check", "--phone", "+12125550102", "--channel", "voice"}),
              Ends(10, HasSubstr("CONTACT_POINT_ON_REGISTRY"), IsEmpty()));
}

TEST_F(CliFilesTest, RealFileImportsTwiceWithoutAChange) {
  DNC_SKIP_WITHOUT_REAL_FILE();
  StartDemo();
  ASSERT_EQ(Run({"lists", "create", "national", "--kind", "registry"}).exit_code, 0);
  const std::string file = kRealFile;
  EXPECT_THAT(Run({"lists", "import", "national", file}),
              Ends(0, testing::ContainsRegex("changed +yes"), HasSubstr("IMPOSSIBLE_NUMBER")));
  EXPECT_THAT(Run({"lists", "import", "national", file}),
              Ends(0, testing::ContainsRegex("changed +no"), HasSubstr("rows were not taken")));
  const ProcessResult filtered = Run({"filter", file, "--channel", "voice", "-o", Path("out.csv")});
  EXPECT_THAT(filtered, Ends(0, IsEmpty(), HasSubstr("309,203 rows: 0 ALLOW")));
  EXPECT_THAT(ReadFile(Path("out.csv")), StartsWith("pattern,verdict,reasons\n4692576503,DENY,"));
}

TEST_F(CliFilesTest, FilterReadsAndWritesEveryWay) {
  StartDemo();
  ASSERT_EQ(Run({"entries", "add", "--phone", "+12125550101", "--reason", "asked"}).exit_code, 0);
  const std::string csv = "name,Phone\n\"Doe, Jane\",(212) 555-0101\nJoe,+12125550102\nJim,12\n";
  const std::string want =
      "name,Phone,verdict,reasons\n"
      "\"Doe, Jane\",(212) 555-0101,DENY,CONTACT_POINT_ON_LIST:internal\n"
      "Joe,+12125550102,ALLOW,\n"
      "Jim,12,UNKNOWN,INVALID_CONTACT_POINT\n";
  const auto summary = AllOf(
      HasSubstr("judged column 2, \"Phone\""), HasSubstr("3 rows: 1 ALLOW, 1 DENY, 1 UNKNOWN"),
      testing::ContainsRegex("revision [0-9]+, judged at 20.*ALLOW may be relied on for 10s"));
  EXPECT_THAT(Run({"filter", "-", "--channel", "voice"}, csv), Ends(0, testing::Eq(want), summary));
  const std::string in = Write("in.csv", csv);
  EXPECT_THAT(Run({"filter", in, "--channel", "voice", "-o", Path("out.csv")}),
              Ends(0, IsEmpty(), summary));
  EXPECT_EQ(ReadFile(Path("out.csv")), want);
  EXPECT_THAT(
      Run({"filter", in, "--channel", "voice", "--only", "allow"}),
      Ends(0, testing::Eq("name,Phone,verdict,reasons\nJoe,+12125550102,ALLOW,\n"), summary));
  EXPECT_THAT(Run({"filter", in, "--channel", "voice", "--column", "mobile"}),
              Ends(2, IsEmpty(), HasSubstr("name, Phone")));
  EXPECT_THAT(Run({"-o", "json", "filter", in, "--channel", "voice", "--out", Path("out.csv")}),
              Ends(0,
                   AllOf(IsJson(), HasSubstr("\"title\": \"Phone\""), HasSubstr("\"allow\": 1"),
                         HasSubstr("\"valid_for_seconds\": 10")),
                   IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "filter", in, "--channel", "voice"}),
              Ends(0, testing::Eq(want), AllOf(IsJson(), HasSubstr("\"deny\": 1"))));
  EXPECT_THAT(Run({"filter", in, "--channel", "voice", "-o", in}),
              Ends(2, IsEmpty(), HasSubstr("is the very file that is read")));
  EXPECT_EQ(ReadFile(in), csv);
  EXPECT_THAT(Run({"filter", Path("out.csv"), "--channel", "voice"}),
              Ends(0, testing::Eq(want), summary));
  EXPECT_THAT(Run({"filter", Write("wide.csv", csv + "Jo,+12125550103,ALLOW\n"), "--channel",
                   "voice", "-o", Path("wide-out.csv")}),
              Ends(2, IsEmpty(), HasSubstr("line 5: 3 fields")));
  EXPECT_FALSE(std::filesystem::exists(Path("wide-out.csv")));
  EXPECT_THAT(Run({"filter", Write("two.csv", "phone,mobile\n1,2\n"), "--channel", "voice"}),
              Ends(2, IsEmpty(), AllOf(HasSubstr("1 \"phone\""), HasSubstr("2 \"mobile\""))));
  EXPECT_THAT(Run({"filter", Write("void", ""), "--channel", "voice"}),
              Ends(2, IsEmpty(), HasSubstr("is empty")));
  EXPECT_THAT(Run({"filter", in, "--channel", "voice", "-o", folder_}),
              Ends(2, IsEmpty(), HasSubstr("is a directory")));
}

}  // namespace
}  // namespace dnc
