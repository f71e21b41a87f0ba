#include "bench/load/postgres.h"

#include <endian.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace dnc::bench {
namespace {

constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin/";
constexpr char kUser[] = "postgres";
constexpr size_t kNumbersPerQuery = 1'000;
constexpr absl::Duration kConnectTimeout = absl::Seconds(30);

// How to run a program of PostgreSQL's: as its user where this process is root's.
std::vector<std::string> Command(const std::string& program) {
  const std::string path = absl::StrCat(kPrograms, program);
  if (geteuid() != 0) return {path};
  return {"/usr/bin/setpriv",
          absl::StrCat("--reuid=", kUser),
          absl::StrCat("--regid=", kUser),
          "--init-groups",
          "--pdeathsig=INT",
          path};
}

std::vector<std::string> Joined(std::vector<std::string> words,
                                const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

absl::Status GiveToUser(const std::string& dir) {
  if (geteuid() != 0) return absl::OkStatus();
  const passwd* const user = getpwnam(kUser);
  if (user != nullptr && chown(dir.c_str(), user->pw_uid, user->pw_gid) == 0) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat(dir, " cannot be given to the user ", kUser));
}

// Network byte order, as PostgreSQL's binary formats have it.
void Append32(std::string& bytes, uint32_t value) {
  const uint32_t big = htobe32(value);
  bytes.append(reinterpret_cast<const char*>(&big), sizeof(big));
}
void Append64(std::string& bytes, uint64_t value) {
  const uint64_t big = htobe64(value);
  bytes.append(reinterpret_cast<const char*>(&big), sizeof(big));
}

// A bigint[] in PostgreSQL's binary format: dimensions, whether there are nulls, the element's
// type; length and lower bound; then each element with its length.
std::string BigintArray(absl::Span<const uint64_t> numbers) {
  constexpr uint32_t kBigintOid = 20;
  std::string bytes;
  bytes.reserve(20 + 12 * numbers.size());
  Append32(bytes, 1);
  Append32(bytes, 0);
  Append32(bytes, kBigintOid);
  Append32(bytes, static_cast<uint32_t>(numbers.size()));
  Append32(bytes, 1);
  for (const uint64_t number : numbers) {
    Append32(bytes, sizeof(number));
    Append64(bytes, number);
  }
  return bytes;
}

class PostgresFilter final : public Caller {
 public:
  PostgresFilter(PostgresConnection connection, const std::vector<NumberBlock>* blocks)
      : connection_(std::move(connection)), blocks_(*blocks) {}

  absl::Status Call(uint64_t index) override {
    const NumberBlock& block = blocks_[index % blocks_.size()];
    size_t found = 0;
    const absl::Span<const uint64_t> numbers(block.numbers);
    for (size_t first = 0; first < numbers.size(); first += kNumbersPerQuery) {
      const std::string array = BigintArray(numbers.subspan(first, kNumbersPerQuery));
      const auto result = connection_.ExecutePrepared("filter", {array});
      if (!result.ok()) return result.status();
      found += static_cast<size_t>(PQntuples(result->get()));
    }
    const auto wanted = std::count(block.listed.begin(), block.listed.end(), true);
    if (found == static_cast<size_t>(wanted)) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("PostgreSQL found ", found, " of ", wanted));
  }

 private:
  PostgresConnection connection_;
  const std::vector<NumberBlock>& blocks_;
};

class PostgresOptOut final : public Caller {
 public:
  explicit PostgresOptOut(PostgresConnection connection) : connection_(std::move(connection)) {}

  absl::Status Call(uint64_t index) override {
    std::string lead;
    Append64(lead, index);
    const std::string request = absl::StrCat("opt-out-", index);
    return connection_.ExecutePrepared("opt_out", {lead, request, "users/agent-7"}).status();
  }

 private:
  PostgresConnection connection_;
};

}  // namespace

absl::StatusOr<ChildProcess> StartPostgres(const std::string& log_dir,
                                           const std::string& scratch_dir) {
  if (access(absl::StrCat(kPrograms, "postgres").c_str(), X_OK) != 0) {
    return absl::NotFoundError("postgresql is not installed");
  }
  const auto port = FreePort();
  if (!port.ok()) return port.status();
  const std::string data = absl::StrCat(scratch_dir, "/postgres-", *port);
  std::filesystem::create_directories(data);
  if (absl::Status status = GiveToUser(data); !status.ok()) return status;
  if (absl::Status status = RunProgram(
          "initdb",
          Joined(Command("initdb"), {"--pgdata", data, "--username", "dnc", "--auth", "trust",
                                     "--encoding", "UTF8", "--locale", "C", "--no-sync"}),
          log_dir);
      !status.ok()) {
    return status;
  }
  std::vector<std::string> argv =
      Joined(Command("postgres"), {"-D", data, "-p", absl::StrCat(*port)});
  for (const char* const setting :
       {"listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=600",
        "shared_buffers=1GB", "maintenance_work_mem=512MB", "wal_level=minimal",
        "max_wal_senders=0", "max_wal_size=8GB", "checkpoint_timeout=30min", "autovacuum=off",
        "jit=off", "fsync=on", "synchronous_commit=on"}) {
    argv.emplace_back("-c");
    argv.emplace_back(setting);
  }
  return ChildProcess::StartPeer(
      {.name = "postgres", .argv = std::move(argv), .port = *port, .stop_signal = SIGINT}, log_dir);
}

absl::StatusOr<PostgresConnection> PostgresConnection::Connect(const std::string& address) {
  const size_t colon = address.rfind(':');
  const std::string info =
      absl::StrCat("host=", address.substr(0, colon), " port=", address.substr(colon + 1),
                   " user=dnc dbname=postgres");
  const absl::Time give_up = absl::Now() + kConnectTimeout;
  for (;;) {
    PostgresConnection connection(PQconnectdb(info.c_str()));
    if (PQstatus(connection.connection_.get()) == CONNECTION_OK) return connection;
    if (absl::Now() > give_up) {
      return absl::UnavailableError(PQerrorMessage(connection.connection_.get()));
    }
    absl::SleepFor(absl::Milliseconds(50));  // "the database system is starting up"
  }
}

absl::StatusOr<PostgresConnection::Result> PostgresConnection::Checked(PGresult* result) {
  Result checked(result);
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN) {
    return checked;
  }
  return absl::InternalError(absl::StrCat("PostgreSQL: ", PQerrorMessage(connection_.get())));
}

absl::StatusOr<PostgresConnection::Result> PostgresConnection::Execute(const std::string& sql) {
  return Checked(PQexec(connection_.get(), sql.c_str()));
}

absl::Status PostgresConnection::Prepare(const std::string& name, const std::string& sql) {
  return Checked(PQprepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr)).status();
}

absl::StatusOr<PostgresConnection::Result> PostgresConnection::ExecutePrepared(
    const std::string& name, absl::Span<const absl::string_view> arguments) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  values.reserve(arguments.size());
  lengths.reserve(arguments.size());
  for (const absl::string_view argument : arguments) {
    values.push_back(argument.data());
    lengths.push_back(static_cast<int>(argument.size()));
  }
  const std::vector<int> binary(arguments.size(), 1);
  return Checked(PQexecPrepared(connection_.get(), name.c_str(), static_cast<int>(arguments.size()),
                                values.data(), lengths.data(), binary.data(), /*resultFormat=*/1));
}

absl::Status PostgresConnection::CopyNumbers(const std::string& sql, EachNumber numbers) {
  constexpr size_t kPieceBytes = size_t{1} << 20;
  if (auto result = Execute(sql); !result.ok()) return result.status();
  std::string piece;
  bool sent = true;
  const auto send = [&] {
    sent =
        sent && PQputCopyData(connection_.get(), piece.data(), static_cast<int>(piece.size())) == 1;
    piece.clear();
  };
  numbers([&](uint64_t number) {
    absl::StrAppend(&piece, number, "\n");
    if (piece.size() >= kPieceBytes) send();
  });
  send();
  if (PQputCopyEnd(connection_.get(), nullptr) != 1 || !sent) {
    return absl::InternalError(absl::StrCat("COPY: ", PQerrorMessage(connection_.get())));
  }
  absl::Status status;
  while (PGresult* const result = PQgetResult(connection_.get())) {
    status.Update(Checked(result).status());
  }
  return status;
}

absl::Status LoadPostgresNumbers(PostgresConnection& connection, EachNumber numbers) {
  // In the transaction that makes the table, COPY writes no log.
  for (const char* const sql : {"BEGIN", "CREATE TABLE dnc (phone bigint NOT NULL)"}) {
    if (auto result = connection.Execute(sql); !result.ok()) return result.status();
  }
  absl::Status copied = connection.CopyNumbers("COPY dnc FROM STDIN", numbers);
  if (!copied.ok()) return copied;
  for (const char* const sql :
       {"ALTER TABLE dnc ADD PRIMARY KEY (phone)", "COMMIT", "VACUUM ANALYZE dnc"}) {
    if (auto result = connection.Execute(sql); !result.ok()) return result.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Caller>> MakePostgresFilter(const std::string& address,
                                                           const std::vector<NumberBlock>* blocks) {
  auto connection = PostgresConnection::Connect(address);
  if (!connection.ok()) return connection.status();
  absl::Status prepared =
      connection->Prepare("filter", "SELECT phone FROM dnc WHERE phone = ANY($1::bigint[])");
  if (!prepared.ok()) return prepared;
  return std::make_unique<PostgresFilter>(*std::move(connection), blocks);
}

absl::Status LoadPostgresLeads(PostgresConnection& connection, uint64_t leads) {
  const std::string fill = absl::StrCat(
      "INSERT INTO lead SELECT i, 'new', '+1' || (2000000000 + i), 'lead' || i || '@example.com' "
      "FROM generate_series(0, ",
      leads, "::bigint - 1) i");
  for (const std::string& sql : {
           std::string("CREATE TABLE lead (id bigint PRIMARY KEY, status text NOT NULL, phone text "
                       "NOT NULL, email text NOT NULL)"),
           std::string("CREATE TABLE entry (subject text NOT NULL, list text NOT NULL, lead bigint "
                       "NOT NULL, actor text NOT NULL, added timestamptz NOT NULL DEFAULT now(), "
                       "PRIMARY KEY (subject, list))"),
           std::string("CREATE TABLE request (id text PRIMARY KEY, answer text NOT NULL)"),
           std::string(
               "CREATE TABLE audit (revision bigserial PRIMARY KEY, at timestamptz NOT NULL "
               "DEFAULT now(), actor text NOT NULL, what text NOT NULL, lead bigint NOT "
               "NULL)"),
           fill,
           std::string(
               "CREATE FUNCTION opt_out(l bigint, r text, a text) RETURNS void LANGUAGE plpgsql AS "
               "$$ DECLARE p text; e text; BEGIN "
               "INSERT INTO request VALUES (r, 'done'); "
               "UPDATE lead SET status = 'closed' WHERE id = l RETURNING phone, email INTO p, e; "
               "INSERT INTO entry (subject, list, lead, actor) VALUES ('lead' || l, 'internal', l, "
               "a), (p, 'internal', l, a), (e, 'internal', l, a); "
               "INSERT INTO audit (actor, what, lead) VALUES (a, 'opt-out', l); END $$"),
           std::string("VACUUM ANALYZE lead"),
       }) {
    if (auto result = connection.Execute(sql); !result.ok()) return result.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Caller>> MakePostgresOptOut(const std::string& address) {
  auto connection = PostgresConnection::Connect(address);
  if (!connection.ok()) return connection.status();
  absl::Status prepared =
      connection->Prepare("opt_out", "SELECT opt_out($1::bigint, $2::text, $3::text)");
  if (!prepared.ok()) return prepared;
  return std::make_unique<PostgresOptOut>(*std::move(connection));
}

}  // namespace dnc::bench
