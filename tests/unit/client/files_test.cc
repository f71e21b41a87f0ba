// Input, output and reject files, and the small printers.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/input.h"
#include "client/cli/output_file.h"
#include "client/cli/progress.h"
#include "client/cli/reject_log.h"
#include "client/cli/table.h"
#include "client/cli/utf8.h"
#include "tests/unit/client/fakes.h"

namespace dnc::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class FilesTest : public testing::Test {
 protected:
  FilesTest() : dir_(fs::path(testing::TempDir()) / absl::StrCat("dnc-files-", getpid())) {
    fs::remove_all(dir_);
    fs::create_directories(dir_);
  }
  ~FilesTest() override { fs::remove_all(dir_); }

  std::string Path(const std::string& name) const { return (dir_ / name).string(); }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
    return Path(name);
  }
  std::string Zip(const std::string& name, const std::vector<std::string>& members,
                  const std::string& text, zip_int32_t method = ZIP_CM_DEFAULT) const {
    zip_t* archive = zip_open(Path(name).c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const std::string& member : members) {
      zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
      const zip_int64_t index = zip_file_add(archive, member.c_str(), source, 0);
      zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0);
    }
    EXPECT_EQ(zip_close(archive), 0);
    return Path(name);
  }
  static std::string Read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  static std::string ReadAll(Input& input) {
    std::string all;
    while (true) {
      const auto piece = input.Next();
      EXPECT_TRUE(piece.ok()) << piece.status();
      if (!piece.ok() || piece->empty()) return all;
      all += *piece;
    }
  }
  static std::string Refusal(const absl::Status& status) {
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    return std::string(status.message());
  }

  const fs::path dir_;
};

TEST_F(FilesTest, PlainFileIsReadTwice) {
  const std::string text(1 << 20, 'x');
  auto input = OpenInput(Write("a.csv", text));
  ASSERT_TRUE(input.ok());
  EXPECT_EQ((*input)->size(), 1 << 20);
  EXPECT_EQ((*input)->name(), "a.csv");
  EXPECT_TRUE(ReadAll(**input) == text);
  EXPECT_EQ((*input)->position(), 1 << 20);
  ASSERT_TRUE((*input)->Rewind().ok());
  EXPECT_TRUE(ReadAll(**input) == text);
}

TEST_F(FilesTest, WrongInputSaysWhatToDo) {
  EXPECT_THAT(Refusal(OpenInput(Path("none")).status()), HasSubstr("No such file"));
  EXPECT_THAT(Refusal(OpenInput(dir_.string()).status()), HasSubstr("is a directory"));
  EXPECT_THAT(Refusal(OpenInput(Write("empty", "")).status()), HasSubstr("is empty"));
  EXPECT_THAT(Refusal(OpenInput(Write("z", "\x1f\x8b rest")).status()), HasSubstr("compressed"));
  EXPECT_THAT(Refusal(OpenInput(Zip("a.zip", {"a.txt"}, "x")).status()), HasSubstr("compressed"));
}

TEST_F(FilesTest, ZipIsReadThrough) {
  const std::string text(2 << 20, '7');
  auto input = OpenImportInput(Zip("full.zip", {"2026-01-31_full.txt"}, text));
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_EQ((*input)->name(), "2026-01-31_full.txt");
  EXPECT_TRUE(ReadAll(**input) == text);
  ASSERT_TRUE((*input)->Rewind().ok());
  EXPECT_TRUE(ReadAll(**input) == text);

  auto chosen = OpenImportInput(Zip("20260131.zip", {"readme.md", "list.csv"}, "1\n"));
  ASSERT_TRUE(chosen.ok()) << chosen.status();
  EXPECT_EQ((*chosen)->name(), "20260131.zip");
}

TEST_F(FilesTest, AZipHasTheEarlierOfItsDates) {
  const struct {
    const char *archive, *member, *name;
  } cases[] = {
      {"20260131.zip", "2026-01-30_full.txt", "2026-01-30_full.txt"},
      {"20260130.zip", "2026-01-31_full.txt", "20260130.zip"},
      {"20260131.zip", "2026-01-31_full.txt", "20260131.zip"},
      {"full.zip", "lists/2026-01-31_full.txt", "lists/2026-01-31_full.txt"},
      {"full.zip", "full.txt", "full.zip"},
      {"20260131_20260201.zip", "2026-01-30.txt", "2026-01-30.txt"},
      {"2026_01_31.zip", "2026-01-30.txt", "2026-01-30.txt"},
  };
  for (const auto& c : cases) {
    auto input = OpenImportInput(Zip(c.archive, {c.member}, "1\n"));
    ASSERT_TRUE(input.ok()) << input.status();
    EXPECT_EQ((*input)->name(), c.name);
  }
}

TEST_F(FilesTest, WhatMacOsAddsToAZipDoesNotCount) {
  auto input =
      OpenImportInput(Zip("mac.zip", {"list.txt", "__MACOSX/._list.txt", "sub/._list.csv"}, "1\n"));
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_EQ(ReadAll(**input), "1\n");
}

TEST_F(FilesTest, AZipWithAWrongChecksumIsBroken) {
  std::string bytes = Read(Zip("crc.zip", {"a.txt"}, "2125550101\n", ZIP_CM_STORE));
  bytes.replace(bytes.find("2125550101"), 10, "2125550102");
  auto input = OpenImportInput(Write("crc.zip", bytes));
  ASSERT_TRUE(input.ok()) << input.status();
  absl::Status status;
  while (status.ok()) {
    const auto piece = (*input)->Next();
    ASSERT_TRUE(!piece.ok() || !piece->empty()) << "the end came without an error";
    status = piece.status();
  }
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

TEST_F(FilesTest, WrongZipsSayWhatToDo) {
  EXPECT_THAT(Refusal(OpenImportInput(Write("text.zip", "not a zip")).status()),
              HasSubstr("is not a zip archive"));
  EXPECT_THAT(Refusal(OpenImportInput(Zip("two.zip", {"a.txt", "b.txt"}, "1")).status()),
              HasSubstr("holds 2 files"));
  EXPECT_THAT(Refusal(OpenImportInput(Zip("void.zip", {"a.txt"}, "")).status()),
              HasSubstr("is empty"));
  const std::string whole = Read(Zip("whole.zip", {"a.txt"}, std::string(10000, 'q')));
  EXPECT_THAT(
      Refusal(OpenImportInput(Write("cut.zip", whole.substr(0, whole.size() / 2))).status()),
      HasSubstr("no good zip archive"));
}

TEST_F(FilesTest, OutputAppearsOnlyWhenCommitted) {
  const std::string path = Write("out.csv", "before");
  {
    auto file = OutputFile::Create(path);
    ASSERT_TRUE(file.ok());
    (*file)->stream() << "half";
  }
  EXPECT_EQ(Read(path), "before");
  {
    auto file = OutputFile::Create(path);
    ASSERT_TRUE(file.ok());
    (*file)->stream() << "whole";
    EXPECT_TRUE((*file)->Commit().ok());
  }
  EXPECT_EQ(Read(path), "whole");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_), fs::directory_iterator()), 1);
}

TEST_F(FilesTest, OutputIsForItsOwnerUnlessTheOldFileSaysOtherwise) {
  const auto write = [this](const std::string& name) {
    auto file = OutputFile::Create(Path(name));
    ASSERT_TRUE(file.ok());
    EXPECT_TRUE((*file)->Commit().ok());
  };
  const auto mode = [this](const std::string& name) {
    return fs::status(Path(name)).permissions();
  };
  write("new.csv");
  EXPECT_EQ(mode("new.csv"), fs::perms(0600));
  for (const int bits : {0600, 0644, 0664}) {
    fs::permissions(Write("old.csv", "before"), fs::perms(bits));
    write("old.csv");
    EXPECT_EQ(mode("old.csv"), fs::perms(bits));
  }
}

TEST_F(FilesTest, InputAsOutputIsRefused) {
  const std::string path = Write("list.csv", "1\n");
  fs::create_hard_link(path, Path("hard.csv"));
  fs::create_symlink(path, Path("soft.csv"));
  const std::string zip = Zip("list.zip", {"a.txt"}, "1\n");
  auto input = OpenInput(path);
  auto archive = OpenImportInput(zip);
  ASSERT_TRUE(input.ok() && archive.ok());
  for (const std::string& same : {path, Path("hard.csv"), Path("soft.csv")}) {
    EXPECT_THAT(Refusal(RefuseInputAsOutput(**input, same, "--rejects")),
                AllOf(HasSubstr("--rejects"), HasSubstr(same)));
    EXPECT_TRUE(RefuseInputAsOutput(**archive, same, "--rejects").ok());
  }
  EXPECT_THAT(Refusal(RefuseInputAsOutput(**archive, zip, "--out")), HasSubstr("--out"));
  EXPECT_TRUE(RefuseInputAsOutput(**input, Path("none.csv"), "--out").ok());
  EXPECT_TRUE(RefuseInputAsOutput(**input, "/dev/null", "--out").ok());
  EXPECT_TRUE(RefuseInputAsOutput(**input, "", "--rejects").ok());
}

TEST_F(FilesTest, FileThatChangesWhileItIsReadIsNoWholeFile) {
  const std::string text(2 << 20, 'x');
  const auto read_after = [&](const std::function<void(const std::string&)>& change) {
    const std::string path = Write("list.csv", text);
    auto input = OpenInput(path);
    EXPECT_TRUE(input.ok() && (*input)->Next().ok());
    change(path);
    while (true) {
      const auto piece = (*input)->Next();
      if (!piece.ok() || piece->empty()) return piece.status();
    }
  };
  EXPECT_TRUE(read_after([](const std::string&) {}).ok());
  const auto shrunk = read_after([](const auto& path) { fs::resize_file(path, 1 << 20); });
  EXPECT_TRUE(absl::IsDataLoss(shrunk)) << shrunk;
  EXPECT_THAT(std::string(shrunk.message()), HasSubstr("2097152 when it was opened"));
  EXPECT_TRUE(absl::IsDataLoss(
      read_after([](const auto& path) { std::ofstream(path, std::ios::app) << "more"; })));
}

TEST_F(FilesTest, CancelEndsAWaitForInput) {
  const std::string fifo = Path("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const int writer = open(fifo.c_str(), O_RDWR);  // waits for nobody
  ASSERT_EQ(write(writer, "abc", 3), 3);
  auto input = OpenInput(fifo);
  ASSERT_TRUE(input.ok());
  EXPECT_EQ(*(*input)->Next(), "abc");
  std::thread canceller([&] { (*input)->Cancel(); });
  EXPECT_TRUE(absl::IsCancelled((*input)->Next().status()));
  canceller.join();
  EXPECT_TRUE(absl::IsCancelled((*input)->Next().status()));
  close(writer);
}

TEST_F(FilesTest, ZipWithABadChecksumIsNoWholeFile) {
  std::string bytes = Read(Zip("good.zip", {"a.txt"}, std::string(100, '7') + "1234567890"));
  // The file is stored as it is where packing gains nothing; the checksum stands in both headers.
  for (size_t at = 0; (at = bytes.find("PK", at)) != std::string::npos; ++at) {
    const size_t crc = bytes[at + 2] == '\x03' ? at + 14 : at + 16;
    if (bytes[at + 2] == '\x03' || bytes[at + 2] == '\x01') bytes[crc] ^= '\x01';
  }
  auto input = OpenImportInput(Write("bad.zip", bytes));
  ASSERT_TRUE(input.ok()) << input.status();
  absl::Status status;
  while (status.ok()) {
    const auto piece = (*input)->Next();
    status = piece.status();
    if (piece.ok() && piece->empty()) break;
  }
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

TEST_F(FilesTest, OutputRefusesFoldersAndLeavesDevicesAlone) {
  EXPECT_THAT(Refusal(OutputFile::Create(dir_.string()).status()), HasSubstr("is a directory"));
  EXPECT_THAT(Refusal(OutputFile::Create(Path("no/such/dir")).status()), HasSubstr("cannot write"));
  auto null = OutputFile::Create("/dev/null");
  ASSERT_TRUE(null.ok());
  EXPECT_TRUE((*null)->Commit().ok());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(FilesTest, RejectsGoToTheFileAndTheFirstToThePeople) {
  RejectLog log(Path("rejects.csv"));
  ASSERT_TRUE(log.Open().ok());
  for (int i = 1; i <= 12; ++i) {
    v1::RejectedRow row;
    row.set_line(i);
    row.set_cause("IMPOSSIBLE_NUMBER");
    row.set_message("a, b");
    log.Add(row);
  }
  std::ostringstream err;
  log.Print(err);
  EXPECT_TRUE(log.Commit(absl::InvalidArgumentError("rows were refused")).ok());
  EXPECT_THAT(err.str(), HasSubstr("12 rows were not taken"));
  EXPECT_THAT(err.str(), HasSubstr("2 more"));
  EXPECT_THAT(Read(Path("rejects.csv")),
              testing::StartsWith("line,cause,value,message\n1,IMPOSSIBLE_NUMBER,,\"a, b\"\n"));
}

// Rows are judged in any order; people read them in that of the file.
TEST_F(FilesTest, TheFirstRejectsOfTheFileAreShownInItsOrder) {
  RejectLog log("");
  for (const int line : {15, 5, 10, 3, 4, 16, 7, 8, 9, 6, 11, 12}) {
    v1::RejectedRow row;
    row.set_line(line);
    row.set_value(absl::StrCat("id", line));
    log.Add(row);
  }
  std::ostringstream err;
  log.Print(err);
  EXPECT_THAT(err.str(),
              testing::ContainsRegex("id3[^d]*\n.*id4[^d]*\n.*id5[^d]*\n.*id6[^d]*\n.*id7"));
  EXPECT_THAT(err.str(), testing::Not(HasSubstr("id15")));
  EXPECT_EQ(WithoutIndex("leads[7].status: no", "leads"), "status: no");
  EXPECT_EQ(WithoutIndex("leads[7] no", "leads"), "leads[7] no");
  EXPECT_EQ(WithoutIndex("no leads[7].id", "leads"), "no leads[7].id");
}

TEST_F(FilesTest, RejectsOfAFailedImportLeaveTheOldFile) {
  Write("rejects.csv", "before");
  {
    RejectLog log(Path("rejects.csv"));
    ASSERT_TRUE(log.Open().ok());
    EXPECT_TRUE(log.Commit(absl::UnavailableError("no gateway")).ok());
  }
  EXPECT_EQ(Read(Path("rejects.csv")), "before");
  RejectLog log(Path("rejects.csv"));
  ASSERT_TRUE(log.Open().ok());
  EXPECT_TRUE(log.Commit(absl::OkStatus()).ok());
  EXPECT_EQ(Read(Path("rejects.csv")), "line,cause,value,message\n");
}

TEST(Printable, HidesWhatActsOnATerminal) {
  EXPECT_EQ(Printable("a\x1b[0m\x7f\n"), "a?[0m??");
  EXPECT_EQ(Printable("\xC2\x80|\xC2\x9B\x31m|\xC2\x9F|\xC2\xA0"), "?|?1m|?|\xC2\xA0");
  EXPECT_EQ(Printable("\x9B\x31m \xC3\xA9 \xE2\x82\xAC \xE2\x82"), "?1m \xC3\xA9 \xE2\x82\xAC ??");
}

TEST(WithReplacements, KeepsWhatIsUtf8) {
  EXPECT_EQ(WithReplacements("STOP\xff"), "STOP\uFFFD");
  EXPECT_EQ(WithReplacements("\xE2\x82 \xC3\xA9 \xD1\xD2"), "\uFFFD\uFFFD \xC3\xA9 \uFFFD\uFFFD");
  EXPECT_EQ(WithReplacements(""), "");
}

TEST(Table, AlignsByCharactersAndHidesControls) {
  Table table({"A", "B", "C"});
  table.AddRow({"é", "", "x\x1b[31m"});
  table.AddRow({"long", "b", "c"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(), "A     B  C\né     -  x?[31m\nlong  b  c\n");
}

TEST(Progress, SpeaksAfterASecondAndOnlyToTerminals) {
  auto time = std::make_shared<FakeTime>();
  std::ostringstream err;
  {
    Progress progress(err, true, "rows", 1000, time);
    progress.Update(1, 1);
    EXPECT_EQ(err.str(), "");
    time->Advance(absl::Seconds(2));
    progress.Update(5000, 500);
    EXPECT_THAT(err.str(),
                HasSubstr("[##########          ] 50%, 5,000 rows, 2,500 rows/s, 2s left"));
    time->Advance(absl::Seconds(2));
    progress.Update(9000, 900);
    EXPECT_THAT(
        err.str(),
        HasSubstr("[##################  ] 90%, 9,000 rows, 2,250 rows/s, less than 1s left"));
    progress.Update(9500, 950);
    EXPECT_THAT(err.str(), testing::Not(HasSubstr("9,500"))) << "it is too soon";
    time->Advance(absl::Seconds(1));
    progress.Update(9600, 960);
    EXPECT_THAT(err.str(), HasSubstr("\r\x1b[K[################### ] 96%, 9,600 rows"));
  }
  EXPECT_THAT(err.str(), testing::EndsWith("\r\x1b[K"));
  std::ostringstream file;
  Progress quiet(file, false, "rows", 1000, time);
  time->Advance(absl::Seconds(5));
  quiet.Update(1, 1);
  EXPECT_EQ(file.str(), "");
}

TEST(Grouped, SetsCommas) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1000), "1,000");
  EXPECT_EQ(Grouped(-1234567), "-1,234,567");
}

}  // namespace
}  // namespace dnc::cli
