// Records of the store that are not what they should be. Whatever they hold, nobody is allowed to
// be contacted because of them.
#include <optional>

#include "server/catalog/catalog.h"
#include "storage/rocksdb/store.h"
#include "storage/schema/keys.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

class CorruptRecordTest : public GatewayTest {
 protected:
  // Changes a record that must be there, behind the server's back; no value deletes it.
  void Damage(Family family, absl::string_view key, const std::optional<std::string>& value) {
    StopServer(/*keep_client=*/false);
    StoreOptions options;
    options.dir = data_dir() + "/store";
    absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status();
    const absl::StatusOr<bool> found =
        (*store)->Latest().Get(family, key, [](absl::string_view) { return absl::OkStatus(); });
    ASSERT_TRUE(found.ok() && *found) << "the record to damage must be there";
    WriteSet changes;
    if (value.has_value()) {
      changes.Put(family, std::string(key), *value);
    } else {
      changes.Delete(family, std::string(key));
    }
    ASSERT_TRUE((*store)->Commit(changes, Durability::kSynced).ok());
  }
  void Replace(Family family, absl::string_view key, const std::string& value) {
    Damage(family, key, value);
    Restart();
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

}  // namespace
}  // namespace dnc
