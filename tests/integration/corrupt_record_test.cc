// Records of the store that are not what they should be. Whatever they hold, nobody is allowed to
// be contacted because of them.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/catalog/catalog.h"
#include "storage/registry/chunk_codec.h"
#include "storage/rocksdb/store.h"
#include "storage/schema/keys.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CorruptRecordTest : public GatewayTest {
 protected:
  // Changes a record that must be there, behind the server's back; no value deletes it.
  void Damage(Family family, absl::string_view key, const std::optional<std::string>& value) {
    StopServer(/*keep_client=*/false);
    const std::unique_ptr<Store> store = OpenStore();
    ASSERT_NE(store, nullptr);
    const absl::StatusOr<bool> found =
        store->Latest().Get(family, key, [](absl::string_view) { return absl::OkStatus(); });
    ASSERT_TRUE(found.ok() && *found) << "the record to damage must be there";
    WriteSet changes;
    if (value.has_value()) {
      changes.Put(family, std::string(key), *value);
    } else {
      changes.Delete(family, std::string(key));
    }
    ASSERT_TRUE(store->Commit(changes, Durability::kSynced).ok());
  }
  void Replace(Family family, absl::string_view key, const std::optional<std::string>& value) {
    Damage(family, key, value);
    Restart();
  }
  // Writes a record, whether or not it is there, behind the server's back.
  void Put(Family family, const std::string& key, const std::string& value) {
    StopServer(/*keep_client=*/false);
    const std::unique_ptr<Store> store = OpenStore();
    ASSERT_NE(store, nullptr);
    WriteSet changes;
    changes.Put(family, key, value);
    ASSERT_TRUE(store->Commit(changes, Durability::kSynced).ok());
  }
  std::unique_ptr<Store> OpenStore() {
    StoreOptions options;
    options.dir = data_dir() + "/store";
    absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(options);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

  static constexpr uint32_t kAcme = kGlobalNumber + 1;  // the first that was created
};

TEST_F(CorruptRecordTest, AContactPointWhoseRecordIsMalformedIsNeverAllowed) {
  ASSERT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
  Replace(Family::kSubjects, keys::PhoneSubject(kAcme, kAnnDigits), "\x0a\x7f");
  const std::string voice = "organization: '~' channel: CHANNEL_VOICE ";
  EXPECT_THAT(Ask<v1::CheckContactRequest>(voice + "contact_point { phone: '+12125550101' }"),
              Refused("CORRUPT_RECORD"));
  EXPECT_THAT(Ask<v1::CheckContactRequest>(voice + "lead: '~/leads/ann'"),
              Refused("CORRUPT_RECORD"));

  const auto batch = Must<v1::BatchCheckContactsRequest>(
      "organization: '~' "
      "items { channel: CHANNEL_VOICE contact_point { phone: '+12125550101' } } "
      "items { channel: CHANNEL_VOICE contact_point { phone: '+12125550102' } }");
  EXPECT_EQ(batch.results(0).verdict(), v1::VERDICT_UNKNOWN);
  EXPECT_EQ(batch.results(0).error().reason(), "CORRUPT_RECORD");
  EXPECT_EQ(batch.results(1).verdict(), v1::VERDICT_ALLOW);

  FilterStream stream(&client());
  ASSERT_TRUE(stream.Write(Parse<v1::FilterContactsRequest>(
      "config { organization: '~' channel: CHANNEL_VOICE } phones: 12125550101")));
  EXPECT_FALSE(stream.Read().has_value());
  EXPECT_THAT(stream.Finish(), Refused("CORRUPT_RECORD"));
}

TEST_F(CorruptRecordTest, ALeadWithoutAReadableContactPointIsNeverAllowed) {
  const char* const leads[] = {
      "contact_points {}",
      "contact_points { default_region: 'US' }",
      "contact_points { phone: '' }",
      "contact_points { phone: 'nobody' }",
      "contact_points { phone: '012125550101' }",
      "contact_points { phone: '+12125550102' } contact_points { phone: '+' }",
  };
  for (const char* lead : leads) {
    SCOPED_TRACE(lead);
    std::string record = Parse<v1::Lead>(lead).SerializeAsString();
    record.insert(0, {'\x0a', static_cast<char>(record.size())});  // LeadRecord.lead
    record += std::string("\x12\0", 2);                            // LeadRecord.state
    Replace(Family::kLeads, keys::Lead(kAcme, "bob"), record);
    EXPECT_THAT(Ask<v1::CheckContactRequest>(
                    "organization: '~' channel: CHANNEL_VOICE lead: '~/leads/bob'"),
                Refused("CORRUPT_RECORD"));
  }
}

TEST_F(CorruptRecordTest, ALeadWithoutAStateIsNeverAllowedNorWritten) {
  Replace(Family::kLeads, keys::Lead(kAcme, "bob"), "");
  EXPECT_THAT(
      Ask<v1::CheckContactRequest>("organization: '~' channel: CHANNEL_VOICE lead: '~/leads/bob' "
                                   "contact_point { phone: '+12125550102' }"),
      Refused("CORRUPT_RECORD"));
  // A write would make a healthy record of it.
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>("lead { name: '~/leads/bob' display_name: 'Bob' }"),
              Refused("CORRUPT_RECORD"));
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("lead: '~/leads/bob' action: '~s/new/actions/later'"),
              Refused("CORRUPT_RECORD"));
  EXPECT_THAT(Ask<v1::GetLeadRequest>("name: '~/leads/bob'"), Refused("CORRUPT_RECORD"));
  EXPECT_THAT(Ask<v1::ListLeadsRequest>("parent: '~'"), Refused("CORRUPT_RECORD"));
  // Its entries in force are named nowhere else, so it would pass for one that nobody blocked.
  EXPECT_THAT(Ask<v1::ListEntriesRequest>("parent: '~' lead: '~/leads/bob'"),
              Refused("CORRUPT_RECORD"));
}

TEST_F(CorruptRecordTest, ALeadInAStatusThatIsNoneIsUnknown) {
  Replace(Family::kLeads, keys::Lead(kAcme, "bob"), "\x12\x02\x08\x63");  // state.status: 99
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob' contact_point { phone: '+12125550102' }"),
            v1::VERDICT_UNKNOWN);
}

// Whether the request was carried out is not known; all others go on, and so does the log.
TEST_F(CorruptRecordTest, ARequestWhoseFirstAnswerIsMalformedIsRefusedAndTheServerStartsAgain) {
  const char* const entry =
      "parent: '~' request_id: 'r' entry { contact_point { phone: '+12125550101' } }";
  Must<v1::AddEntryRequest>(entry);
  Replace(Family::kRequests, keys::Request(kAcme, "r"), "\x0a\x7f");
  const int64_t before = Revision();
  EXPECT_THAT(Ask<v1::AddEntryRequest>(entry), Refused("CORRUPT_RECORD"));
  EXPECT_EQ(Revision(), before + 1);
  EXPECT_EQ(Apply("bob", "dnc").revision(), before + 2);
  Restart();
  EXPECT_EQ(Revision(), before + 2);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

// What it restricts is not known.
TEST_F(CorruptRecordTest, AServerThatMissesAStatusDoesNotStart) {
  Damage(Family::kConfig, keys::Status(kAcme, "sales", "closed"), std::nullopt);
  const absl::Status status = TryStart();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

// Whom it blocks is not known.
TEST_F(CorruptRecordTest, AServerThatMissesAListDoesNotStart) {
  AddRegistry("national");
  const std::string key = keys::List(kAcme, "national");
  for (const std::optional<std::string>& value : {std::optional<std::string>(""), {}}) {
    Damage(Family::kConfig, key, value);
    const absl::Status status = TryStart();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  }
}

// A version's chunks and what can happen to them. Only the registry whose they are is lost.
class CorruptChunkTest : public CorruptRecordTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    AddRegistry("national");
    AddRegistry("state", "channels: CHANNEL_SMS");
    EXPECT_THAT(Import("list: '~/lists/national'", "2125550198\n2125550199\n"), IsOk());
    EXPECT_THAT(Import("list: '~/lists/state'", "2125550197\n"), IsOk());
    ASSERT_EQ(PhoneVerdict("+12125550198"), v1::VERDICT_DENY);
    ASSERT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
  }

  static std::string Chunk(const std::vector<uint64_t>& numbers) {
    std::string chunk;
    ChunkWriter writer([&chunk](uint32_t, std::string bytes) {
      chunk = std::move(bytes);
      return absl::OkStatus();
    });
    for (const uint64_t number : numbers) EXPECT_TRUE(writer.Add(number).ok());
    EXPECT_TRUE(writer.Finish().ok());
    return chunk;
  }

  v1::Verdict SmsVerdict(absl::string_view phone) {
    return Must<v1::CheckContactRequest>(
               absl::StrCat("organization: '~' channel: CHANNEL_SMS contact_point { phone: '",
                            phone, "' }"))
        .verdict();
  }

  void ExpectUnread(absl::string_view problem) {
    for (const absl::string_view phone : {"+12125550198", "+12125550199", kBobPhone}) {
      const v1::CheckContactResponse check = CheckPhone(phone);
      EXPECT_EQ(check.verdict(), v1::VERDICT_UNKNOWN) << phone;
      EXPECT_THAT(ReasonTypes(check), ElementsAre(v1::REASON_TYPE_REGISTRY_EMPTY));
    }
    EXPECT_THAT(GetList("national").problem(), HasSubstr(std::string(problem)));
    EXPECT_THAT(Must<v1::GetSystemStatusRequest>("").unreadable_registries(),
                ElementsAre(GetList("national").name()));
    EXPECT_EQ(GetList("state").problem(), "");
    EXPECT_EQ(SmsVerdict("+12125550197"), v1::VERDICT_DENY);
  }

  const std::string key_ = keys::Chunk(kAcme, kInternalNumber + 1, 1, 0);
  static constexpr uint32_t kInternalNumber = 0;
};

TEST_F(CorruptChunkTest, ADamagedOrMissingChunkLeavesItsRegistryUnknownAndOthersServed) {
  const std::string good = Chunk({12125550198, 12125550199});
  std::string flipped = good;
  flipped[good.size() / 2] ^= 1;
  const struct {
    std::optional<std::string> bytes;
    const char* problem;
  } damages[] = {
      {flipped, "chunk 0: chunk of a number list is damaged"},
      {std::nullopt, "chunk 0 of 1 is missing"},
      {"", "too short for a chunk"},
      // Whole chunks, but not that one.
      {Chunk({12125550198, 12125550200}), "not those that were activated"},
      {Chunk({12125550198}), "not those that were activated"},
  };
  for (const auto& damage : damages) {
    SCOPED_TRACE(damage.problem);
    Replace(Family::kChunks, key_, damage.bytes);
    ExpectUnread(damage.problem);
    Put(Family::kChunks, key_, good);
    Restart();
    EXPECT_EQ(GetList("national").problem(), "");
    EXPECT_EQ(PhoneVerdict("+12125550198"), v1::VERDICT_DENY);
    EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
  }
}

TEST_F(CorruptChunkTest, AChunkTooManyIsNotServed) {
  Put(Family::kChunks, keys::Chunk(kAcme, kInternalNumber + 1, 1, 1), Chunk({12125560000}));
  Restart();
  ExpectUnread("more than 1 chunks");
}

// What a change list would make of the wrong chunk is not the list.
TEST_F(CorruptChunkTest, NoChangeListIsAppliedToIt) {
  Replace(Family::kChunks, key_, Chunk({12125550198, 12125550200}));
  EXPECT_THAT(Import("list: '~/lists/national' mode: IMPORT_MODE_CHANGE", "2125550111\n"),
              Refused("CORRUPT_RECORD"));
  ExpectUnread("not those that were activated");
}

TEST_F(CorruptChunkTest, StaysUnknownUntilAFullFileReplacesIt) {
  Replace(Family::kChunks, key_, std::nullopt);
  Must<v1::UpdateListRequest>("list { name: '~/lists/national' display_name: 'N' }");
  Must<v1::CreateListRequest>("parent: '~' list_id: 'another' list { kind: LIST_KIND_INTERNAL }");
  ExpectUnread("is missing");
  EXPECT_THAT(Import("list: '~/lists/national'", "2125550199\n"), Refused("REGISTRY_WOULD_SHRINK"));
  ExpectUnread("is missing");
  ASSERT_THAT(Import("list: '~/lists/national' allow_shrink: true", "2125550199\n"), IsOk());
  EXPECT_EQ(GetList("national").problem(), "");
  EXPECT_THAT(Must<v1::GetSystemStatusRequest>("").unreadable_registries(), IsEmpty());
  EXPECT_EQ(PhoneVerdict("+12125550199"), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict("+12125550198"), v1::VERDICT_ALLOW);
  Restart();
  EXPECT_EQ(PhoneVerdict("+12125550199"), v1::VERDICT_DENY);
}

}  // namespace
}  // namespace dnc
