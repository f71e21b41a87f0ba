// ImportList as a stream: its protocol, clients that break off, and imports into internal lists.
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/handler/import_session.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

class ImportStreamTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    AddRegistry("national");
  }
  static v1::ImportListRequest First(absl::string_view data, absl::string_view config = "") {
    v1::ImportListRequest message;
    *message.mutable_config() =
        Parse<v1::ImportConfig>("list: '~/lists/national' format: 'plain' actor { id: 'a' }");
    message.mutable_config()->MergeFrom(Parse<v1::ImportConfig>(config));
    message.set_data(std::string(data));
    return message;
  }
  // Sends a first message whose last row is told as rejected, so that its answer shows that the
  // server has read it.
  static void Begin(ImportStream* stream, absl::string_view config = "") {
    ASSERT_TRUE(stream->Write(First("2125550102\n2125550177\n0005550100\n", config)));
    const auto answer = stream->Read();
    ASSERT_TRUE(answer.has_value());
    ASSERT_EQ(answer->rejected_size(), 1);
  }
  // Waits for the end of an import that its client has left: the next one is taken.
  void AwaitUnlocked() {
    while (Import("list: '~/lists/national' format: 'plain' validate_only: true", "2125550102\n")
               .reason() == "IMPORT_IN_PROGRESS") {
    }
  }
  CallStatus EndOf(const std::vector<v1::ImportListRequest>& messages) {
    ImportStream stream(&client());
    for (const v1::ImportListRequest& message : messages) {
      if (!stream.Write(message)) break;
    }
    v1::ImportListRequest last;
    last.set_complete(true);
    stream.Write(last);
    stream.WritesDone();
    while (stream.Read().has_value()) {
    }
    return stream.Finish();
  }
};

TEST_F(ImportStreamTest, RefusesWhatBreaksTheProtocol) {
  v1::ImportListRequest data;
  data.set_data("2125550102\n");
  EXPECT_THAT(EndOf({data}), RefusedAt("REQUIRED_FIELD_MISSING", "config"));
  EXPECT_THAT(EndOf({First("2125550102\n"), First("")}), RefusedAt("INVALID_FIELD", "config"));
  data.set_data(std::string((1 << 20) + 1, '2'));
  EXPECT_THAT(EndOf({First(""), data}), RefusedAt("INVALID_FIELD", "data"));
  EXPECT_FALSE(GetList("national").has_active_version());
}

TEST_F(ImportStreamTest, RefusesMalformedConfigs) {
  const auto end = [&](absl::string_view config) { return EndOf({First("2125550102\n", config)}); };
  EXPECT_THAT(end("list: '~/lists/none'"), Refused("LIST_NOT_FOUND"));
  EXPECT_THAT(end("list: '~'"), RefusedAt("INVALID_FIELD", "config.list"));
  EXPECT_THAT(end("list: 'organizations/none/lists/x'"), Refused("ORGANIZATION_NOT_FOUND"));
  EXPECT_THAT(end("format: 'excel'"), RefusedAt("INVALID_FIELD", "config.format"));
  EXPECT_THAT(end("mode: 9"), RefusedAt("INVALID_FIELD", "config.mode"));
  EXPECT_THAT(end("area_codes: '21'"), RefusedAt("INVALID_FIELD", "config.area_codes"));
  EXPECT_THAT(end("default_region: 'usa'"), HasReason("INVALID_FIELD"));
  v1::ImportListRequest nobody = First("2125550102\n");
  nobody.mutable_config()->clear_actor();
  EXPECT_THAT(EndOf({nobody}), RefusedAt("REQUIRED_FIELD_MISSING", "config.actor.id"));
  EXPECT_THAT(end("list: '~/lists/internal' mode: IMPORT_MODE_FULL"),
              Refused("LIST_KIND_MISMATCH"));
  EXPECT_FALSE(GetList("national").has_active_version());
}

TEST_F(ImportStreamTest, AChangeListNeedsAVersion) {
  EXPECT_THAT(EndOf({First("2125550102\n", "mode: IMPORT_MODE_CHANGE")}),
              Refused("REGISTRY_HAS_NO_VERSION"));
}

TEST_F(ImportStreamTest, TwoImportsIntoOneListAtOnceAreRefused) {
  ImportStream first(&client());
  Begin(&first, "allow_partial: true");
  EXPECT_THAT(EndOf({First("2125550103\n")}), Refused("IMPORT_IN_PROGRESS"));
  AddRegistry("other");  // another list is free
  EXPECT_THAT(Import("list: '~/lists/other'", "2125550103\n"), IsOk());
  v1::ImportListRequest last;
  last.set_complete(true);
  EXPECT_TRUE(first.Write(last));
  first.WritesDone();
  while (first.Read().has_value()) {
  }
  EXPECT_THAT(first.Finish(), IsOk());
  EXPECT_EQ(GetList("national").active_version().count(), 2);
  EXPECT_THAT(EndOf({First("2125550103\n2125550102\n2125550177\n")}), IsOk());
}

TEST_F(ImportStreamTest, ManyImportsAtOnceAreRefused) {
  std::vector<std::unique_ptr<ImportStream>> running;
  for (size_t i = 0; i < ImportLocks::kMostImports; ++i) {
    AddRegistry(absl::StrCat("r", i));
    running.push_back(std::make_unique<ImportStream>(&client()));
    Begin(running.back().get(), absl::StrCat("allow_partial: true list: '~/lists/r", i, "'"));
  }
  EXPECT_THAT(EndOf({First("2125550103\n")}), Refused("OVERLOADED"));
  running.clear();  // the clients leave
  while (EndOf({First("2125550103\n")}).reason() == "OVERLOADED") {
  }
  EXPECT_EQ(GetList("national").active_version().count(), 1);
}

// A stream that breaks before its half-close changes nothing: the client had not said that the file
// is complete. Often, since the ends of a stream race in the server.
TEST_F(ImportStreamTest, AClientThatCancelsMidwayChangesNothing) {
  for (int i = 0; i < 100; ++i) {
    ImportStream stream(&client());
    Begin(&stream, "allow_partial: true");
    stream.Cancel();
    EXPECT_EQ(stream.Finish().code, absl::StatusCode::kCancelled);
    AwaitUnlocked();
    ASSERT_FALSE(GetList("national").has_active_version()) << "round " << i;
  }
}

TEST_F(ImportStreamTest, AConnectionThatBreaksMidwayChangesNothing) {
  for (int i = 0; i < 20; ++i) {
    const std::unique_ptr<RpcClient> other = RpcClient::Connect(port());
    {
      ImportStream stream(other.get());
      Begin(&stream, "allow_partial: true");
    }
    AwaitUnlocked();
    ASSERT_FALSE(GetList("national").has_active_version()) << "round " << i;
  }
}

TEST_F(ImportStreamTest, AServerThatStopsMidwayChangesNothing) {
  for (int i = 0; i < 5; ++i) {
    ImportStream stream(&client());
    Begin(&stream, "allow_partial: true");
    StopServer(/*keep_client=*/true);
    EXPECT_FALSE(stream.Finish().ok());
    Restart();
    ASSERT_FALSE(GetList("national").has_active_version()) << "round " << i;
  }
}

TEST_F(ImportStreamTest, ALongFileIsAnsweredWithProgress) {
  std::string file;
  for (int i = 0; i < 250'000; ++i) absl::StrAppend(&file, 2122000000 + i, "\n");
  const ImportReply reply = Import("list: '~/lists/national'", file, 1 << 20);
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply.summary.added(), 250'000);
  // At least every 100,000 rows and one piece of the file, about 95,000 rows.
  ASSERT_FALSE(reply.progress.empty());
  int64_t told = 0;
  for (const int64_t rows : reply.progress) {
    EXPECT_GT(rows, told);
    EXPECT_LE(rows - told, 200'000);
    told = rows;
  }
  EXPECT_GE(told, 100'000);
  EXPECT_GT(reply.building, 0);
}

// Streams that send nothing have no thread and no lock, are few, and end by themselves.
TEST_F(ImportStreamTest, StreamsWithoutAFirstMessageAreBoundedAndEnd) {
  parts().open_imports = 3;
  Restart();
  // One more than there may be: whichever comes last is refused, be it only since an import below
  // had a place just then.
  std::vector<std::unique_ptr<ImportStream>> silent;
  for (int i = 0; i < 4; ++i) silent.push_back(std::make_unique<ImportStream>(&client()));
  const auto import = [this] { return EndOf({First("2125550102\n")}); };
  while (import().reason() != "OVERLOADED") {  // until three of them have their places
  }
  clock().Advance(31 * kSecond);
  std::multiset<std::string> ends;
  for (const auto& stream : silent) {
    EXPECT_FALSE(stream->Read().has_value());
    ends.insert(stream->Finish().reason());
  }
  EXPECT_THAT(ends, testing::ElementsAre("OVERLOADED", "REQUIRED_FIELD_MISSING",
                                         "REQUIRED_FIELD_MISSING", "REQUIRED_FIELD_MISSING"));
  while (import().reason() == "OVERLOADED") {
  }
  EXPECT_EQ(GetList("national").active_version().count(), 1);
}

TEST_F(ImportStreamTest, TheCutOfThePiecesDoesNotMatter) {
  constexpr char kFile[] = "\xEF\xBB\xBF(212) 555-0102\r\n+1 212 555 0177\r\n";
  ASSERT_THAT(Import("list: '~/lists/national'", kFile, 1), IsOk());
  const std::string digest = GetList("national").active_version().digest();
  const ImportReply again = Import("list: '~/lists/national'", kFile, 7);
  EXPECT_FALSE(again.summary.changed());
  EXPECT_EQ(again.summary.list().active_version().digest(), digest);
}

TEST_F(ImportStreamTest, AnInternalListGainsEntriesOfEveryKind) {
  const ImportReply reply =
      Import("list: '~/lists/internal' file_name: 'stop.txt' reason: 'legacy list'",
             "212 555 0102\nBob@Example.com\n");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply.summary.added(), 2);
  EXPECT_EQ(reply.summary.list().entry_count(), 2);
  const auto entries = Must<v1::ListEntriesRequest>("parent: '~'");
  ASSERT_EQ(entries.entries_size(), 2);
  EXPECT_EQ(entries.entries(0).source(), "import");
  EXPECT_EQ(entries.entries(0).reason(), "legacy list");
  EXPECT_EQ(entries.entries(0).evidence(), "stop.txt line 1");
  EXPECT_EQ(entries.entries(1).contact_point().email(), "bob@example.com");
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
  const ImportReply again = Import("list: '~/lists/internal'", "2125550102\nbob@example.com\n");
  ASSERT_THAT(again, IsOk());
  EXPECT_FALSE(again.summary.changed());
  EXPECT_EQ(again.summary.unchanged(), 2);
  EXPECT_EQ(GetList("internal").entry_count(), 2);
}

TEST_F(ImportStreamTest, SuppressionFilesKeepTheirReasonAndTime) {
  const ImportReply ses =
      Import("list: '~/lists/internal'", "a@example.com,BOUNCE\nb@example.com,COMPLAINT\n");
  ASSERT_THAT(ses, IsOk());
  EXPECT_EQ(ses.summary.format(), "ses");
  const ImportReply sendgrid =
      Import("list: '~/lists/internal'", "email,created\nc@example.com,1700000000\n");
  ASSERT_THAT(sendgrid, IsOk());
  EXPECT_EQ(sendgrid.summary.format(), "sendgrid");
  const auto entries = Must<v1::ListEntriesRequest>("parent: '~'");
  ASSERT_EQ(entries.entries_size(), 3);
  EXPECT_EQ(entries.entries(1).reason(), "COMPLAINT");
  EXPECT_EQ(entries.entries(2).effective_time().seconds(), 1'700'000'000);
}

TEST_F(ImportStreamTest, AnImportNeverRemovesAnEntryOfAnInternalList) {
  AddPhoneEntry(kBobPhone);
  const ImportReply reply = Import("list: '~/lists/internal'", "212,5550102,D\n212,5550103,A\n");
  EXPECT_THAT(reply, Refused("FILE_ROWS_REJECTED"));
  EXPECT_EQ(reply.rejected.at(0).cause(), "BAD_OPERATION");
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
  EXPECT_EQ(GetList("internal").entry_count(), 1);
}

TEST_F(ImportStreamTest, AnInternalListImportIsAllOrNothing) {
  std::string file;
  for (int i = 0; i < 2500; ++i) absl::StrAppend(&file, 2125550000 + i, "\n");
  EXPECT_THAT(Import("list: '~/lists/internal' format: 'plain'", file + "rubbish\n"),
              Refused("FILE_ROWS_REJECTED"));
  EXPECT_EQ(GetList("internal").entry_count(), 0);
  const ImportReply dry = Import("list: '~/lists/internal' validate_only: true", file);
  EXPECT_THAT(dry, IsOk());
  EXPECT_EQ(GetList("internal").entry_count(), 0);
  const ImportReply real = Import("list: '~/lists/internal'", file);
  ASSERT_THAT(real, IsOk());
  EXPECT_EQ(real.summary.added(), 2500);
  EXPECT_EQ(GetList("internal").entry_count(), 2500);
}

}  // namespace
}  // namespace dnc
