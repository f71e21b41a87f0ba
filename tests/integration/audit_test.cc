// The audit trail: every mutation is on the record, and nobody changes the record unseen.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "dnc/storage/v1/record.pb.h"
#include "storage/audit/chain.h"
#include "storage/rocksdb/store.h"
#include "storage/schema/keys.h"
#include "tests/contract/version1.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using v1::AuditProblem;

std::vector<int64_t> Revisions(const v1::ListAuditRecordsResponse& response) {
  std::vector<int64_t> revisions;
  for (const v1::AuditRecord& record : response.records()) revisions.push_back(record.revision());
  return revisions;
}

class AuditTrail : public GatewayTest {
 protected:
  v1::AuditRecord Newest(absl::string_view filter = "") {
    const auto page = Must<v1::ListAuditRecordsRequest>(
        absl::StrCat("parent: '~' descending: true page_size: 1 ", filter));
    return page.records_size() == 1 ? page.records(0) : v1::AuditRecord();
  }

  v1::AuditHead Head() { return Must<v1::GetAuditHeadRequest>("parent: '~'").head(); }

  template <typename Request>
  std::vector<ResponseOf<Request>> ReadAll(absl::string_view text) {
    TypedStream<Request> stream(&client());
    EXPECT_TRUE(stream.Write(Parse<Request>(text)));
    stream.WritesDone();
    std::vector<ResponseOf<Request>> messages;
    while (auto message = stream.Read()) messages.push_back(*std::move(message));
    EXPECT_THAT(stream.Finish(), IsOk()) << text;
    return messages;
  }

  // What VerifyAudit says of the whole trail, or of a part.
  v1::VerifyAuditResponse Verify(absl::string_view more = "") {
    v1::VerifyAuditResponse all;
    for (const auto& message :
         ReadAll<v1::VerifyAuditRequest>(absl::StrCat("parent: '~' ", more))) {
      all.MergeFrom(message);
    }
    EXPECT_TRUE(all.complete());
    return all;
  }
  // Its problems, as "17 ALTERED".
  std::vector<std::string> Problems(absl::string_view more = "") {
    std::vector<std::string> problems;
    const v1::VerifyAuditResponse verified = Verify(more);
    for (const AuditProblem& problem : verified.problems()) {
      problems.push_back(
          absl::StrCat(problem.revision(), " ",
                       absl::StripPrefix(AuditProblem::Kind_Name(problem.kind()), "KIND_")));
    }
    return problems;
  }

  // Changes the stopped server's store, as somebody might who has access to its files.
  void Tamper(const std::function<void(const StoreReader&, WriteSet*)>& change) {
    StopServer();
    {
      StoreOptions options;
      options.dir = data_dir() + "/store";
      auto store = Store::Open(options);
      ASSERT_TRUE(store.ok()) << store.status();
      WriteSet writes;
      change((*store)->Latest(), &writes);
      ASSERT_TRUE((*store)->Commit(writes, Durability::kSynced).ok());
    }
    Restart();
  }
  static std::string Stored(const StoreReader& reader, int64_t revision) {
    std::string bytes;
    const auto found =
        reader.Get(Family::kAudit, keys::Audit(revision), [&](absl::string_view value) {
          bytes = std::string(value);
          return absl::OkStatus();
        });
    EXPECT_TRUE(found.ok() && *found) << revision;
    return bytes;
  }
  static storage::v1::StoreRecord StoreRecordOf(const StoreReader& reader) {
    storage::v1::StoreRecord store;
    const auto found = reader.Get(Family::kMeta, keys::Store(), [&](absl::string_view value) {
      EXPECT_TRUE(store.ParseFromString(std::string(value)));
      return absl::OkStatus();
    });
    EXPECT_TRUE(found.ok() && *found);
    return store;
  }
  // The tag of a record of the organization.
  static std::string TagOf(const StoreReader& reader, int64_t revision) {
    return AuditTag(AuditKey(StoreRecordOf(reader).audit_chain().secret(), "acme"), revision);
  }
  // Rewrites one stored record.
  void Rewrite(int64_t revision, const std::function<void(std::string*)>& change) {
    Tamper([&](const StoreReader& reader, WriteSet* writes) {
      std::string bytes = Stored(reader, revision);
      change(&bytes);
      writes->Put(Family::kAudit, keys::Audit(revision), bytes);
    });
  }

  // Makes the store one that a release without a chain wrote.
  void MakeUnchained() {
    StopServer();
    version1::TakeBack(data_dir() + "/store");
    Restart();
  }
};

TEST_F(AuditTrail, AnActionIsOnTheRecordWithBeforeAndAfter) {
  const auto applied = Must<v1::ApplyActionRequest>(
      "lead: '~/leads/ann' action: '~s/new/actions/dnc' request_id: 'r1' evidence: 'call 7' actor "
      "{ "
      "id: 'users/kim' origin: 'screen' }");
  const v1::AuditRecord record = Newest();
  EXPECT_EQ(record.revision(), applied.revision());
  EXPECT_EQ(record.organization(), "organizations/acme");
  EXPECT_EQ(record.time().seconds(), kStart / kSecond);
  EXPECT_EQ(record.request_id(), "r1");
  EXPECT_EQ(record.actor().id(), "users/kim");
  EXPECT_EQ(record.actor().origin(), "screen");
  EXPECT_EQ(record.principal(), "local");
  EXPECT_EQ(record.kind(), "ApplyAction");
  EXPECT_EQ(record.disposition(), v1::AUDIT_DISPOSITION_APPLIED);
  EXPECT_THAT(record.request(), HasSubstr("\"evidence\":\"call 7\""));
  EXPECT_THAT(record.hash(), SizeIs(64));
  ASSERT_EQ(record.objects_size(), 4);  // the lead, its entry, and one for each contact point
  EXPECT_EQ(record.entries_added(), 3);
  const v1::AuditedObject& lead = record.objects(0);
  EXPECT_EQ(lead.kind(), "lead");
  EXPECT_EQ(lead.name(), "organizations/acme/leads/ann");
  EXPECT_THAT(lead.before(),
              AllOf(HasSubstr("statuses/new\""), Not(HasSubstr("\"doNotContact\":true"))));
  EXPECT_THAT(lead.after(),
              AllOf(HasSubstr("statuses/closed\""), HasSubstr("\"doNotContact\":true")));
  for (int i = 1; i < 4; ++i) {
    EXPECT_EQ(record.objects(i).kind(), "entry");
    EXPECT_EQ(record.objects(i).name(),
              absl::StrCat("organizations/acme/entries/", applied.revision(), "-", i - 1));
    EXPECT_EQ(record.objects(i).before(), "");
    EXPECT_THAT(record.objects(i).after(), HasSubstr("\"evidence\":\"call 7\""));
  }
  EXPECT_THAT(record.objects(2).after(), HasSubstr(kAnnPhone));  // evidence is not masked
  const auto one =
      Must<v1::GetAuditRecordRequest>(absl::StrCat("parent: '~' revision: ", applied.revision()));
  EXPECT_THAT(one.record(), EqualsProto(record));
}

TEST_F(AuditTrail, RefusalsAndRepeatsAreOnTheRecord) {
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("lead: '~/leads/none' action: '~s/new/actions/dnc'"),
              Refused("LEAD_NOT_FOUND"));
  v1::AuditRecord record = Newest();
  EXPECT_EQ(record.disposition(), v1::AUDIT_DISPOSITION_REFUSED);
  EXPECT_EQ(record.reason(), "LEAD_NOT_FOUND");
  EXPECT_EQ(record.code(), static_cast<int>(absl::StatusCode::kNotFound));
  EXPECT_THAT(record.message(), Not(IsEmpty()));
  EXPECT_THAT(record.objects(), IsEmpty());
  constexpr char kEntry[] =
      "parent: '~' entry { contact_point { phone: '+12125550177' } } request_id: 'twice'";
  const int64_t first = Must<v1::AddEntryRequest>(kEntry).revision();
  Must<v1::AddEntryRequest>(kEntry);
  record = Newest();
  EXPECT_EQ(record.disposition(), v1::AUDIT_DISPOSITION_REPEATED);
  EXPECT_EQ(record.repeated_revision(), first);
  EXPECT_EQ(record.revision(), first + 1);
  EXPECT_THAT(Revisions(Must<v1::ListAuditRecordsRequest>("parent: '~' request_id: 'twice'")),
              ElementsAre(first, first + 1));
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(AuditTrail, ConfigurationIsOnTheRecordObjectByObject) {
  Must<v1::UpdateActionRequest>(
      "action { name: '~s/new/actions/dnc' display_name: 'Stop' operations { add_to_dnc_list {} } "
      "}");
  const v1::AuditRecord record = Newest();
  ASSERT_EQ(record.objects_size(), 2) << record.ShortDebugString();
  EXPECT_EQ(record.objects(1).kind(), "workflow");  // it has another version
  EXPECT_EQ(record.objects(0).kind(), "action");
  EXPECT_EQ(record.objects(0).name(),
            "organizations/acme/workflows/sales/statuses/new/actions/dnc");
  EXPECT_THAT(record.objects(0).before(), Not(HasSubstr("\"displayName\":\"Stop\"")));
  EXPECT_THAT(record.objects(0).after(), HasSubstr("\"displayName\":\"Stop\""));
}

TEST_F(AuditTrail, TheHistoryOfAnObjectIsFoundAndThatOfWhatItIsPartOf) {
  const int64_t created = Newest("object: '~/leads/ann'").revision();
  Apply("bob", "dnc");
  const int64_t moved = Apply("ann", "advance").revision();
  EXPECT_THAT(Revisions(Must<v1::ListAuditRecordsRequest>("parent: '~' object: '~/leads/ann'")),
              ElementsAre(created, moved));
  const v1::Entry entry = AddPhoneEntry("+12125550177");
  const int64_t revoked = Must<v1::RevokeEntryRequest>(
                              absl::StrCat("name: '", entry.name(), "' evidence: 'signed form'"))
                              .revision();
  EXPECT_THAT(Revisions(Must<v1::ListAuditRecordsRequest>(
                  absl::StrCat("parent: '~' object: '", entry.name(), "'"))),
              ElementsAre(entry.revision(), revoked));
  EXPECT_THAT(Revisions(Must<v1::ListAuditRecordsRequest>(
                  absl::StrCat("parent: '~' descending: true object: '", entry.name(), "'"))),
              ElementsAre(revoked, entry.revision()));
  Must<v1::UpdateActionRequest>(
      "action { name: '~s/new/actions/dnc' display_name: 'Stop' operations { add_to_dnc_list {} } "
      "}");
  const int64_t changed = Revision();
  for (const char* object : {"~/workflows/sales", "~s/new", "~s/new/actions/dnc"}) {
    EXPECT_EQ(Newest(absl::StrCat("object: '", object, "'")).revision(), changed) << object;
  }
  EXPECT_NE(Newest("object: '~s/working'").revision(), changed);
}

TEST_F(AuditTrail, FiltersNarrowAndPagesAddUp) {
  const int64_t first = Revision() + 1;
  for (int i = 0; i < 7; ++i) {
    clock().Advance(kSecond);
    Must<v1::AddEntryRequest>(
        absl::StrCat("parent: '~' entry { contact_point { phone: '+1212555018", i,
                     "' } } actor { id: 'users/", i % 2 == 0 ? "kim" : "lee", "' }"));
  }
  const auto filtered = [&](absl::string_view filter) {
    return Revisions(Must<v1::ListAuditRecordsRequest>(
        absl::StrCat("parent: '~' first_revision: ", first, " ", filter)));
  };
  EXPECT_THAT(filtered("actor: 'users/lee'"), ElementsAre(first + 1, first + 3, first + 5));
  EXPECT_THAT(filtered("kind: 'AddEntry'"), SizeIs(7));
  EXPECT_THAT(filtered("kind: 'RevokeEntry'"), IsEmpty());
  EXPECT_THAT(filtered("principal: 'somebody'"), IsEmpty());
  EXPECT_THAT(filtered("disposition: AUDIT_DISPOSITION_REFUSED"), IsEmpty());
  EXPECT_THAT(filtered(absl::StrCat("period { start_time { seconds: ", kStart / kSecond + 3,
                                    " } end_time { seconds: ", kStart / kSecond + 5, " } }")),
              ElementsAre(first + 2, first + 3));
  EXPECT_THAT(filtered(absl::StrCat("last_revision: ", first + 1)), ElementsAre(first, first + 1));
  for (const bool descending : {false, true}) {
    std::vector<int64_t> all;
    std::string token;
    do {
      const auto page = Must<v1::ListAuditRecordsRequest>(
          absl::StrCat("parent: '~' page_size: 3 first_revision: ", first,
                       descending ? " descending: true" : "", " page_token: '", token, "'"));
      EXPECT_LE(page.records_size(), 3);
      for (const v1::AuditRecord& record : page.records()) all.push_back(record.revision());
      token = page.next_page_token();
    } while (!token.empty());
    if (descending) std::reverse(all.begin(), all.end());
    EXPECT_THAT(
        all, ElementsAre(first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6));
  }
}

TEST_F(AuditTrail, BadFiltersAreRefusedByField) {
  const auto field = [&](absl::string_view filter) {
    return Ask<v1::ListAuditRecordsRequest>(absl::StrCat("parent: '~' ", filter)).metadata("field");
  };
  EXPECT_EQ(field("kind: 'Nothing'"), "kind");
  EXPECT_EQ(field("disposition: 9"), "disposition");
  for (const char* object :
       {"organizations/beta/leads/ann", "~/lead/ann", "~/leads/", "~/leads/ann/entries", "~/foo",
        "~/workflows/sales/actions/dnc", "~/leads/a b", "leads/ann", "~/"}) {
    EXPECT_EQ(field(absl::StrCat("object: '", object, "'")), "object") << object;
  }
  for (const char* object :
       {"~", "~/leads/nobody", "~/entries/1-0", "~/workflows/sales", "~s/new", "~s/new/actions/dnc",
        "~/optouts/7", "~/reviews/7", "~/bindings/agent-kim"}) {
    EXPECT_THAT(
        Ask<v1::ListAuditRecordsRequest>(absl::StrCat("parent: '~' object: '", object, "'")),
        IsOk());
  }
  EXPECT_EQ(field("principal: 'x y'"), "principal");
  EXPECT_EQ(field("first_revision: -1"), "first_revision");
  EXPECT_EQ(field("last_revision: 999999"), "last_revision");
  EXPECT_EQ(field("page_token: 'x'"), "page_token");
  EXPECT_THAT(Ask<v1::ListAuditRecordsRequest>("parent: 'organizations/-' object: '~/leads/ann'"),
              Refused("INVALID_FIELD"));
}

// gRPC's clients take messages of 4 MiB unless they are told otherwise.
TEST_F(AuditTrail, APageIsOneThatEveryClientTakes) {
  v1::BatchUpsertLeadsRequest request = Parse<v1::BatchUpsertLeadsRequest>("parent: '~'");
  for (int i = 0; i < 1000; ++i) {
    *request.add_leads() = Parse<v1::Lead>(
        absl::StrCat("name: '~/leads/lead-", i, "' record_type: 'contact' status: '~s/new'"));
  }
  // JSON has six bytes for a '<', so that the second record is larger than what may follow it.
  for (const std::string& name : {std::string(100, 'a'), std::string(250, '<'),
                                  std::string(200, 'b'), std::string(200, 'c')}) {
    for (v1::Lead& lead : *request.mutable_leads()) lead.set_display_name(name);
    ASSERT_THAT(Send(request), IsOk());
  }
  int records = 0;
  int64_t scanned = 0;
  std::string token;
  do {
    const auto page = Must<v1::ListAuditRecordsRequest>(absl::StrCat(
        "parent: '~' page_size: 1000 kind: 'BatchUpsertLeads' page_token: '", token, "'"));
    EXPECT_LT(page.ByteSizeLong(), size_t{4} << 20);
    ASSERT_FALSE(page.records().empty());
    EXPECT_GT(page.records(0).revision(), scanned);
    scanned = page.scanned_revision();
    records += page.records_size();
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(records, 4);
  EXPECT_EQ(scanned, Revision());
}

// Another gateway's is another.
TEST_F(AuditTrail, EveryStoreHasASecretOfItsOwn) {
  std::string secret;
  std::string first;
  Tamper([&](const StoreReader& reader, WriteSet*) {
    secret = StoreRecordOf(reader).audit_chain().secret();
    first = Stored(reader, 1);
  });
  EXPECT_THAT(secret, SizeIs(kAuditHashBytes));
  EXPECT_NE(secret, NextAuditSecret(FirstAuditSecret(), ""));
  storage::v1::AuditRecord record;
  ASSERT_TRUE(record.ParseFromString(first));
  EXPECT_THAT(record.mutation().salt(), SizeIs(16));
  EXPECT_NE(secret, NextAuditSecret(FirstAuditSecret(), record.mutation().salt()));
  EXPECT_EQ(record.mutation().audit_secret(), "");
}

TEST_F(AuditTrail, AnExportVerifiesAnywhereAndTellsNothingOfOtherOrganizations) {
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  const auto other = Must<v1::AddEntryRequest>(
      "parent: 'organizations/beta' entry { contact_point { phone: '+12125550199' } }");
  Apply("ann", "dnc");
  const auto messages = ReadAll<v1::ExportAuditRequest>("parent: '~'");
  ASSERT_FALSE(messages.empty());
  ASSERT_TRUE(messages.front().has_header());
  const v1::AuditHead& head = messages.front().header().head();
  EXPECT_EQ(head.revision(), Revision());
  const std::string& key = messages.front().header().organization_key();
  EXPECT_THAT(key, SizeIs(kAuditHashBytes));
  std::string hash = FirstAuditHash();
  int64_t next = 1;
  for (const auto& message : messages) {
    EXPECT_THAT(message.SerializeAsString(), Not(HasSubstr("+12125550199")));
    EXPECT_THAT(message.SerializeAsString(), Not(HasSubstr("beta")));
    for (const v1::ExportedAuditRecord& record : message.records()) {
      ASSERT_EQ(record.revision(), next++);
      EXPECT_EQ(record.content().empty(), !record.content_digest().empty());
      if (record.revision() == other.revision()) {
        EXPECT_EQ(record.content(), "");
      }
      // Its tag proves of each whether it is the organization's own, and of no other whose it is.
      EXPECT_EQ(record.organization_tag() == AuditTag(key, record.revision()),
                !record.content().empty());
      hash = AuditHash(
          hash, record.revision(), record.organization_tag(),
          record.content().empty() ? record.content_digest() : AuditDigest(record.content()));
      EXPECT_EQ(record.hash(), hash);
    }
  }
  EXPECT_EQ(next, Revision() + 1);
  EXPECT_EQ(AuditHashText(hash), head.hash());
  EXPECT_THAT(
      Ask<v1::GetAuditRecordRequest>(absl::StrCat("parent: '~' revision: ", other.revision())),
      Refused("AUDIT_RECORD_NOT_FOUND"));
  EXPECT_THAT(Revisions(Must<v1::ListAuditRecordsRequest>("parent: 'organizations/-'")),
              Contains(other.revision()));
  // What an export that breaks off has left is exported from the next revision on.
  const auto rest = ReadAll<v1::ExportAuditRequest>(
      absl::StrCat("parent: '~' first_revision: ", Revision(), " last_revision: ", Revision()));
  ASSERT_EQ(rest.size(), 1u);
  ASSERT_EQ(rest.front().records_size(), 1);
  EXPECT_EQ(rest.front().records(0).hash(), hash);
}

TEST_F(AuditTrail, TheChainGoesOnOverARestart) {
  Apply("ann", "dnc");
  const v1::AuditHead before = Head();
  Restart();
  EXPECT_THAT(Head(), EqualsProto(before));
  Apply("bob", "dnc");
  const v1::VerifyAuditResponse verified = Verify();
  EXPECT_THAT(verified.problems(), IsEmpty());
  EXPECT_EQ(verified.records(), Revision());
  EXPECT_EQ(verified.hash(), Head().hash());
  EXPECT_THAT(Problems(absl::StrCat("last_revision: ", before.revision(), " expected_hash: '",
                                    before.hash(), "'")),
              IsEmpty());
}

TEST_F(AuditTrail, AnAlteredByteIsFoundAndNamed) {
  Apply("ann", "dnc");
  const int64_t altered = Revision();
  Apply("bob", "dnc");
  Rewrite(altered, [](std::string* bytes) {
    const size_t place = bytes->find("users/jane");
    ASSERT_NE(place, std::string::npos);
    (*bytes)[place + 6] = 'k';
  });
  EXPECT_THAT(Problems(), ElementsAre(absl::StrCat(altered, " ALTERED")));
  EXPECT_THAT(Problems("first_revision: 2 last_revision: 3"), IsEmpty());
}

TEST_F(AuditTrail, AForgedHashIsFound) {
  Apply("ann", "dnc");
  const int64_t altered = Revision();
  Apply("bob", "dnc");
  Rewrite(altered, [](std::string* bytes) { bytes->back() ^= 1; });
  EXPECT_THAT(Problems(), ElementsAre(absl::StrCat(altered, " ALTERED")));
}

// Whoever recomputes the hash of what they altered breaks the chain at the next record.
TEST_F(AuditTrail, ARecordThatWasReplacedWithItsHashBreaksTheNextOne) {
  Apply("ann", "dnc");
  const int64_t altered = Revision();
  Apply("bob", "dnc");
  Tamper([&](const StoreReader& reader, WriteSet* writes) {
    const std::string before = Stored(reader, altered - 1);
    std::string bytes(SplitStoredAudit(Stored(reader, altered), true).content);
    bytes[bytes.find("users/jane") + 6] = 'k';
    AppendAuditHash(AuditHash(SplitStoredAudit(before, true).hash, altered, TagOf(reader, altered),
                              AuditDigest(bytes)),
                    &bytes);
    writes->Put(Family::kAudit, keys::Audit(altered), bytes);
  });
  EXPECT_THAT(Problems(), ElementsAre(absl::StrCat(altered + 1, " ALTERED")));
}

TEST_F(AuditTrail, RecordsThatChangedPlacesAreFound) {
  Apply("ann", "dnc");
  Apply("bob", "dnc");
  const int64_t second = Revision();
  Tamper([&](const StoreReader& reader, WriteSet* writes) {
    writes->Put(Family::kAudit, keys::Audit(second - 1), Stored(reader, second));
    writes->Put(Family::kAudit, keys::Audit(second), Stored(reader, second - 1));
  });
  EXPECT_THAT(Problems(), Contains(absl::StrCat(second - 1, " ALTERED")));
}

TEST_F(AuditTrail, ATrailThatWasWrittenAnewDoesNotEndAsItWasNoted) {
  Apply("ann", "dnc");
  const v1::AuditHead noted = Head();
  Tamper([&](const StoreReader& reader, WriteSet* writes) {
    std::string bytes(SplitStoredAudit(Stored(reader, noted.revision()), true).content);
    bytes[bytes.find("users/jane") + 6] = 'k';
    const std::string before = Stored(reader, noted.revision() - 1);
    AppendAuditHash(AuditHash(SplitStoredAudit(before, true).hash, noted.revision(),
                              TagOf(reader, noted.revision()), AuditDigest(bytes)),
                    &bytes);
    writes->Put(Family::kAudit, keys::Audit(noted.revision()), bytes);
  });
  // The store's own note of its head, and the one that was noted outside.
  EXPECT_THAT(Problems(), ElementsAre(absl::StrCat(noted.revision(), " HEAD_MISMATCH")));
  EXPECT_THAT(Problems(absl::StrCat("expected_hash: '", noted.hash(), "'")),
              ElementsAre(absl::StrCat(noted.revision(), " HEAD_MISMATCH")));
  EXPECT_THAT(Problems(absl::StrCat("last_revision: ", noted.revision() - 1)), IsEmpty());
}

TEST_F(AuditTrail, AStoreOfAnOlderReleaseIsAnchored) {
  MakeUnchained();
  const v1::AuditHead head = Head();
  EXPECT_EQ(head.first_chained_revision(), Revision() + 1);
  EXPECT_EQ(head.anchor_hash(), head.hash());
  Apply("ann", "dnc");
  EXPECT_THAT(Problems(), IsEmpty());
  EXPECT_THAT(Problems("first_revision: 3"), IsEmpty());
  EXPECT_EQ(
      Must<v1::GetAuditRecordRequest>("parent: 'organizations/-' revision: 1").record().hash(), "");
  Rewrite(2, [](std::string* bytes) { bytes->back() ^= 1; });
  EXPECT_THAT(Problems(), ElementsAre(absl::StrCat(head.revision(), " ANCHOR_MISMATCH")));
}

TEST_F(AuditTrail, OfManyEntriesTheRecordSaysHowMany) {
  std::string file;
  for (int i = 0; i < 150; ++i) absl::StrAppend(&file, "+1212556", 1000 + i, "\n");
  EXPECT_THAT(Import("list: '~/lists/internal' format: 'plain'", file), IsOk());
  const v1::AuditRecord record = Newest("kind: 'ImportEntries'");
  EXPECT_EQ(record.entries_added(), 150);
  EXPECT_THAT(record.objects(), IsEmpty());
  EXPECT_THAT(record.request(), HasSubstr("+12125561149"));
  EXPECT_EQ(Newest(absl::StrCat("object: '~/entries/", record.revision(), "-149'")).revision(),
            record.revision());
}

}  // namespace
}  // namespace dnc
