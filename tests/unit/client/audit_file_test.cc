#include "client/cli/audit_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "dnc/storage/v1/record.pb.h"
#include "storage/audit/chain.h"

namespace dnc::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A text in pieces of a few bytes, so that lines are cut anywhere.
class TextInput : public Input {
 public:
  explicit TextInput(std::string text) : text_(std::move(text)) {}
  absl::StatusOr<std::string> Next() override {
    std::string piece = text_.substr(position_, 7);
    position_ += piece.size();
    return piece;
  }
  int64_t size() const override { return -1; }
  int64_t position() const override { return static_cast<int64_t>(position_); }
  const std::string& name() const override { return name_; }
  absl::Status Rewind() override { return absl::OkStatus(); }

 private:
  const std::string text_;
  const std::string name_ = "text";
  size_t position_ = 0;
};

// Revisions 1 to 5; the third is another organization's.
class AuditFileTest : public ::testing::Test {
 protected:
  AuditFileTest() { WriteExport("organizations/acme"); }

  // `withheld`: a revision of the organization's own of which only the digest is there.
  void WriteExport(const std::string& parent, int64_t withheld = 0) {
    lines_.clear();
    std::string hash = FirstAuditHash();
    for (int64_t revision = 1; revision <= 5; ++revision) {
      const std::string organization = revision == 3 ? "beta" : "acme";
      storage::v1::AuditRecord record;
      record.set_revision(revision);
      record.mutable_mutation()->set_organization(organization);
      record.mutable_mutation()->mutable_actor()->set_id("users/jane");
      record.mutable_mutation()->mutable_add_entry()->set_parent("organizations/acme");
      const std::string content = record.SerializeAsString();
      const std::string tag = AuditTag(AuditKey("secret", organization), revision);
      hash = AuditHash(hash, revision, tag, AuditDigest(content));
      v1::ExportedAuditRecord exported;
      exported.set_revision(revision);
      exported.set_hash(hash);
      exported.set_organization_tag(tag);
      const bool foreign = revision == 3 && parent != "organizations/-";
      if (foreign || revision == withheld) {
        exported.set_content_digest(AuditDigest(content));
      } else {
        exported.set_content(content);
      }
      const auto line = AuditRecordLine(exported);
      EXPECT_TRUE(line.ok()) << line.status();
      lines_.push_back(*line);
    }
    head_ = AuditHashText(hash);
    v1::AuditExportHeader header;
    header.set_parent(parent);
    if (parent != "organizations/-") header.set_organization_key(AuditKey("secret", "acme"));
    header.set_first_revision(1);
    header.set_last_revision(5);
    header.set_previous_hash(FirstAuditHash());
    header.mutable_head()->set_revision(5);
    header.mutable_head()->set_hash(head_);
    header.mutable_head()->set_first_chained_revision(1);
    header.mutable_head()->set_anchor_hash(AuditHashText(FirstAuditHash()));
    lines_.insert(lines_.begin(), AuditHeaderLine(header));
    lines_.push_back(AuditEndLine());
  }

  std::vector<std::string> Problems(const std::string& noted = "") {
    std::optional<NotedHead> head;
    if (!noted.empty()) {
      const auto parsed = ParseNotedHead(noted);
      EXPECT_TRUE(parsed.ok()) << parsed.status();
      head = *parsed;
    }
    TextInput input(absl::StrJoin(lines_, ""));
    const auto check = CheckAuditFile(input, head);
    EXPECT_TRUE(check.ok()) << check.status();
    if (!check.ok()) return {"no export"};
    EXPECT_TRUE((*check)->result().complete());
    std::vector<std::string> problems;
    for (const v1::AuditProblem& problem : (*check)->result().problems()) {
      problems.push_back(
          absl::StrCat(problem.revision(), " ",
                       absl::StripPrefix(v1::AuditProblem::Kind_Name(problem.kind()), "KIND_")));
    }
    return problems;
  }

  std::vector<std::string> lines_;  // the header's is the first, revision n's is at n
  std::string head_;
};

TEST_F(AuditFileTest, AWholeFileVerifies) {
  EXPECT_THAT(Problems(), IsEmpty());
  EXPECT_THAT(Problems(head_), IsEmpty());
  EXPECT_THAT(Problems(absl::StrCat("5:", head_)), IsEmpty());
}

// The chain still holds: the digest stands for the content in it.
TEST_F(AuditFileTest, ARecordOfOnesOwnThatWasBlackedOutIsFound) {
  WriteExport("organizations/acme", 4);
  EXPECT_THAT(Problems(), ElementsAre("4 WITHHELD"));
  WriteExport("organizations/-");
  EXPECT_THAT(Problems(), IsEmpty());
  WriteExport("organizations/-", 3);
  EXPECT_THAT(Problems(), ElementsAre("3 WITHHELD"));
}

// Whoever gives the record another tag, or the export another key, is found by what is hashed.
TEST_F(AuditFileTest, NobodyPassesARecordOfTheirOwnOffAsAnothers) {
  WriteExport("organizations/acme", 4);
  const std::vector<std::string> lines = lines_;
  const auto tag_of = [](const std::string& organization, int64_t revision) {
    return AuditHashText(AuditTag(AuditKey("secret", organization), revision));
  };
  lines_[4] = absl::StrReplaceAll(lines_[4], {{tag_of("acme", 4), tag_of("beta", 4)}});
  EXPECT_THAT(Problems(), ElementsAre("4 ALTERED"));
  lines_[4] = absl::StrReplaceAll(lines[4], {{tag_of("acme", 4), ""}});
  EXPECT_THAT(Problems(), testing::Contains("4 UNREADABLE"));
  lines_ = lines;
  lines_[0] = absl::StrReplaceAll(lines_[0], {{AuditHashText(AuditKey("secret", "acme")),
                                               AuditHashText(AuditKey("secret", "beta"))}});
  EXPECT_THAT(Problems(),
              testing::UnorderedElementsAre("1 FOREIGN", "2 FOREIGN", "3 WITHHELD", "5 FOREIGN"));
  // What is another's in full proves nothing of whose export it is said to be.
  WriteExport("organizations/acme");
  lines_[0] = absl::StrReplaceAll(lines_[0], {{"organizations/acme", "organizations/beta"}});
  EXPECT_THAT(Problems(), ElementsAre("1 FOREIGN", "2 FOREIGN", "4 FOREIGN", "5 FOREIGN"));
}

TEST_F(AuditFileTest, AnEditOfWhatPeopleReadIsFound) {
  lines_[2] = absl::StrReplaceAll(lines_[2], {{"users/jane", "users/mary"}});
  EXPECT_THAT(Problems(), ElementsAre("2 ALTERED"));
}

TEST_F(AuditFileTest, AnAddedNoteIsFound) {
  lines_[2] = absl::StrReplaceAll(lines_[2], {{"{\"revision\"", "{\"note\":\"x\",\"revision\""}});
  EXPECT_THAT(Problems(), ElementsAre("2 ALTERED"));
}

TEST_F(AuditFileTest, AReadablePartOfAnotherOrganizationsRecordIsRefused) {
  lines_[3] = absl::StrReplaceAll(lines_[3], {{"}\n", ",\"record\":{\"kind\":\"x\"}}\n"}});
  EXPECT_THAT(Problems(), ElementsAre("3 ALTERED"));
}

TEST_F(AuditFileTest, ARecordThatWasTakenFromAnotherPlaceIsFound) {
  lines_[2] = absl::StrReplaceAll(lines_[4], {{"\"revision\":4", "\"revision\":2"}});
  EXPECT_THAT(Problems(), testing::Contains("2 ALTERED"));
}

TEST_F(AuditFileTest, ARemovedLineIsFound) {
  lines_.erase(lines_.begin() + 3);
  EXPECT_THAT(Problems(), ElementsAre("3 MISSING"));
}

TEST_F(AuditFileTest, ACutFileIsFound) {
  lines_.pop_back();
  EXPECT_THAT(Problems(), ElementsAre("6 MISSING"));
  lines_.pop_back();
  EXPECT_THAT(Problems(), ElementsAre("5 MISSING", "5 MISSING", "4 HEAD_MISMATCH"));
}

// Whoever cuts the header with the file is found by the head that somebody noted.
TEST_F(AuditFileTest, AConsistentlyCutFileIsFoundByTheNotedHead) {
  lines_.erase(lines_.begin() + 5);
  lines_[0] = absl::StrReplaceAll(lines_[0], {{"\"last_revision\":5", "\"last_revision\":4"}});
  EXPECT_THAT(Problems(), IsEmpty());
  EXPECT_THAT(Problems(absl::StrCat("5:", head_)), ElementsAre("5 HEAD_MISMATCH"));
  EXPECT_THAT(Problems(head_), ElementsAre("4 HEAD_MISMATCH"));
}

TEST_F(AuditFileTest, ALineThatIsNoJsonIsFound) {
  lines_[2] = "garbage\n";
  EXPECT_THAT(Problems(), ElementsAre("2 UNREADABLE"));
}

TEST_F(AuditFileTest, WhatIsNoExportIsRefused) {
  for (const char* text : {"", "x\n", "{}\n", "{\"format\":\"dnc-audit-2\"}\n"}) {
    TextInput input(text);
    const auto check = CheckAuditFile(input, std::nullopt);
    EXPECT_EQ(check.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(check.status().message()), HasSubstr("dncctl audit export"));
  }
}

TEST(NotedHeadTest, IsReadAndRefused) {
  const std::string hash(64, 'a');
  EXPECT_EQ(ParseNotedHead(absl::StrCat("12:", hash))->revision, 12);
  EXPECT_EQ(ParseNotedHead(hash)->revision, 0);
  for (const std::string& text : {std::string("12:"), std::string("x"), absl::StrCat("-1:", hash),
                                  absl::StrCat("x:", hash)}) {
    EXPECT_FALSE(ParseNotedHead(text).ok()) << text;
  }
}

}  // namespace
}  // namespace dnc::cli
