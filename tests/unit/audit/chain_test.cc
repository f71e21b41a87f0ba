#include "storage/audit/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "storage/audit/chain_verifier.h"
#include "storage/audit/render.h"
#include "storage/audit/sha256.h"

namespace dnc {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using v1::AuditProblem;

// Computed by another program, from docs/audit.md.
TEST(AuditChainTest, HashesAreFixed) {
  const std::string tag = AuditTag(AuditKey("secret", "acme"), 258);
  EXPECT_EQ(AuditHashText(tag), "47d7ce7062d797ff482b2118a8022d5885abdb5a9dab0e419208d3655590010d");
  EXPECT_EQ(AuditHashText(AuditHash(FirstAuditHash(), 258, tag, AuditDigest("content"))),
            "d0216984648854b83c86525e9485ac34a84ea7fd3add77433f4aa1edd4edfd77");
  EXPECT_EQ(AuditHashText(NextAuditSecret(FirstAuditSecret(), "salt")),
            "3b1539f57cc937ca0baa37af368fe8cfe35538fbe370f367bc42c2fec32de161");
}

// RFC 4231, test cases 1, 2 and 6: a key shorter than the block, one of text, one longer.
TEST(AuditChainTest, HmacIsThatOfTheStandard) {
  EXPECT_EQ(AuditHashText(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(AuditHashText(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(AuditHashText(HmacSha256(std::string(131, '\xaa'),
                                     "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(AuditChainTest, TheOrganizationIsReadFromTheContent) {
  storage::v1::AuditRecord record;
  record.set_revision(7);
  EXPECT_EQ(OrganizationOfAudit(record.SerializeAsString()), "");
  record.mutable_mutation()->set_organization("acme");
  record.mutable_mutation()->set_request_id("r");
  EXPECT_EQ(OrganizationOfAudit(record.SerializeAsString()), "acme");
}

TEST(AuditChainTest, AStoredRecordFallsIntoItsParts) {
  const std::string hash(kAuditHashBytes, 'h');
  std::string stored = "content";
  AppendAuditHash(hash, &stored);
  EXPECT_EQ(SplitStoredAudit(stored, true).content, "content");
  EXPECT_EQ(SplitStoredAudit(stored, true).hash, hash);
  EXPECT_EQ(SplitStoredAudit(stored, false).content, stored);
  EXPECT_EQ(SplitStoredAudit("short", true).content, "short");
  EXPECT_EQ(SplitStoredAudit("short", true).hash, "");
  // The hash is the record's last field.
  storage::v1::AuditRecord record;
  record.set_revision(7);
  std::string bytes = record.SerializeAsString();
  AppendAuditHash(hash, &bytes);
  record.set_hash(hash);
  EXPECT_EQ(bytes, record.SerializeAsString());
}

TEST(AuditChainTest, HashesAreReadBack) {
  const std::string hash = AuditDigest("x");
  EXPECT_EQ(ParseAuditHash(AuditHashText(hash)), hash);
  EXPECT_EQ(ParseAuditHash(AuditHashText(hash).substr(1)), std::nullopt);
  EXPECT_EQ(ParseAuditHash(std::string(64, 'g')), std::nullopt);
  EXPECT_EQ(ParseAuditHash(""), std::nullopt);
}

struct Row {
  int64_t revision;
  std::string content;
  std::string hash;
  std::string tag;
};

std::string TagOf(int64_t revision) { return AuditTag("key", revision); }

// A trail of 9 records, of which the first `unchained` are older than the chain.
class Trail {
 public:
  explicit Trail(int64_t unchained = 0) {
    std::string previous = FirstAuditHash();
    range_.last_revision = 9;
    range_.first_chained_revision = unchained + 1;
    range_.previous = previous;
    range_.anchor = previous;
    for (int64_t revision = 1; revision <= 9; ++revision) {
      const std::string content = absl::StrCat("record ", revision);
      previous = AuditHash(previous, revision, TagOf(revision), AuditDigest(content));
      rows.push_back({revision, content, revision <= unchained ? "" : previous, TagOf(revision)});
      if (revision == unchained) range_.anchor = previous;
    }
    head = previous;
  }

  // What is found: "4 ALTERED".
  std::vector<std::string> Verify() const {
    std::vector<std::string> found;
    ChainVerifier verifier(range_, [&](const AuditProblem& problem) {
      found.push_back(
          absl::StrCat(problem.revision(), " ",
                       absl::StripPrefix(AuditProblem::Kind_Name(problem.kind()), "KIND_")));
      EXPECT_FALSE(problem.message().empty());
    });
    for (const Row& row : rows) {
      verifier.Add(row.revision, row.tag, AuditDigest(row.content), row.hash);
    }
    verifier.Finish(head);
    return found;
  }

  // Recomputes the hashes from a record on, as somebody who can write everything would.
  void Forge(size_t from) {
    for (size_t i = from; i < rows.size(); ++i) {
      rows[i].hash = AuditHash(i == 0 ? FirstAuditHash() : rows[i - 1].hash, rows[i].revision,
                               rows[i].tag, AuditDigest(rows[i].content));
    }
  }

  std::vector<Row> rows;
  std::string head;

 private:
  ChainRange range_;
};

TEST(ChainVerifierTest, AWholeTrailHasNoProblem) {
  EXPECT_THAT(Trail().Verify(), IsEmpty());
  EXPECT_THAT(Trail(4).Verify(), IsEmpty());
  EXPECT_THAT(Trail(9).Verify(), IsEmpty());
}

struct Case {
  const char* name;
  std::function<void(Trail*)> tamper;
  std::vector<std::string> problems;
};

TEST(ChainVerifierTest, FindsAndNamesWhatWasDone) {
  const std::vector<Case> cases = {
      {"content", [](Trail* t) { t->rows[3].content[0] = 'R'; }, {"4 ALTERED"}},
      {"hash", [](Trail* t) { t->rows[3].hash[0] ^= 1; }, {"4 ALTERED"}},
      {"tag", [](Trail* t) { t->rows[3].tag[0] ^= 1; }, {"4 ALTERED"}},
      {"no tag", [](Trail* t) { t->rows[3].tag = ""; }, {"4 UNREADABLE"}},
      {"last content", [](Trail* t) { t->rows[8].content += "!"; }, {"9 ALTERED"}},
      {"last hash", [](Trail* t) { t->rows[8].hash[5] ^= 1; }, {"9 ALTERED", "9 HEAD_MISMATCH"}},
      {"no hash", [](Trail* t) { t->rows[3].hash = ""; }, {"4 UNREADABLE"}},
      {"removed", [](Trail* t) { t->rows.erase(t->rows.begin() + 3); }, {"4 MISSING"}},
      {"several removed",
       [](Trail* t) { t->rows.erase(t->rows.begin() + 3, t->rows.begin() + 6); },
       {"4 MISSING"}},
      {"first removed", [](Trail* t) { t->rows.erase(t->rows.begin()); }, {"1 MISSING"}},
      {"end removed", [](Trail* t) { t->rows.resize(7); }, {"8 MISSING", "7 HEAD_MISMATCH"}},
      {"all removed", [](Trail* t) { t->rows.clear(); }, {"1 MISSING", "1 HEAD_MISMATCH"}},
      {"doubled",
       [](Trail* t) { t->rows.insert(t->rows.begin() + 3, t->rows[2]); },
       {"3 INSERTED"}},
      {"appended",
       [](Trail* t) {
         t->rows.push_back({10, "more", t->head, TagOf(10)});
       },
       {"10 INSERTED"}},
      {"reordered",
       [](Trail* t) { std::swap(t->rows[3], t->rows[4]); },
       {"4 MISSING", "4 INSERTED"}},
      {"renumbered",
       [](Trail* t) {
         std::swap(t->rows[3].content, t->rows[4].content);
         std::swap(t->rows[3].hash, t->rows[4].hash);
       },
       {"4 ALTERED", "5 ALTERED", "6 ALTERED"}},
      {"written anew to the end",
       [](Trail* t) {
         t->rows[3].content = "forged";
         t->Forge(3);
       },
       {"9 HEAD_MISMATCH"}},
      {"replaced with its hash",
       [](Trail* t) {
         const std::vector<Row> before = t->rows;
         t->rows[3].content = "forged";
         t->Forge(3);
         for (size_t i = 4; i < before.size(); ++i) t->rows[i] = before[i];
       },
       {"5 ALTERED"}},
  };
  for (const Case& test : cases) {
    Trail trail;
    test.tamper(&trail);
    EXPECT_EQ(trail.Verify(), test.problems) << test.name;
  }
}

TEST(ChainVerifierTest, OldRecordsAreCoveredByTheirAnchor) {
  Trail altered(4);
  altered.rows[1].content = "forged";
  EXPECT_THAT(altered.Verify(), ElementsAre("4 ANCHOR_MISMATCH"));
  Trail retagged(4);
  retagged.rows[1].tag[0] ^= 1;
  EXPECT_THAT(retagged.Verify(), ElementsAre("4 ANCHOR_MISMATCH"));
  Trail removed(4);
  removed.rows.erase(removed.rows.begin() + 1);
  EXPECT_THAT(removed.Verify(), ElementsAre("2 MISSING"));
  Trail later(4);
  later.rows[5].content = "forged";
  EXPECT_THAT(later.Verify(), ElementsAre("6 ALTERED"));
}

TEST(RenderTest, KindsAreThoseOfTheApi) {
  storage::v1::Mutation mutation;
  EXPECT_EQ(MutationKind(mutation), "");
  mutation.mutable_batch_upsert_leads();
  EXPECT_EQ(MutationKind(mutation), "BatchUpsertLeads");
  EXPECT_THAT(MutationKinds(), Contains("ApplyAction"));
  EXPECT_EQ(AuditedKindText(storage::v1::AuditedObject::KIND_ROLE_BINDING), "role_binding");
}

// Whatever can be stored can be shown.
TEST(RenderTest, EveryKindOfObjectIsRead) {
  const auto* kinds = storage::v1::AuditedObject::Kind_descriptor();
  for (int i = 0; i < kinds->value_count(); ++i) {
    const int kind = kinds->value(i)->number();
    if (kind == storage::v1::AuditedObject::KIND_UNSPECIFIED) continue;
    storage::v1::AuditRecord record;
    storage::v1::AuditedObject* object = record.add_objects();
    object->set_kind(static_cast<storage::v1::AuditedObject::Kind>(kind));
    object->set_after("\x0a\x01n");  // field 1, the name
    const auto rendered = RenderAuditRecord(record);
    ASSERT_TRUE(rendered.ok()) << kinds->value(i)->name() << rendered.status();
    EXPECT_THAT(rendered->objects(0).after(), HasSubstr("\"n\"")) << kinds->value(i)->name();
    EXPECT_EQ(rendered->objects(0).before(), "");
  }
}

TEST(RenderTest, WhatIsNoRecordIsRefused) { EXPECT_FALSE(RenderAuditContent("\xff").ok()); }

}  // namespace
}  // namespace dnc
