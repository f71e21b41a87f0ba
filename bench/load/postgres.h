// PostgreSQL, as a server of the benchmark's own and as its clients use it (libpq, blocking,
// prepared statements, a connection a caller).
#ifndef DNC_BENCH_LOAD_POSTGRES_H_
#define DNC_BENCH_LOAD_POSTGRES_H_

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "bench/load/blocking_load.h"
#include "bench/load/child_process.h"
#include "bench/load/redis.h"

namespace dnc::bench {

// Makes a cluster in `scratch_dir` and starts the Debian package's server on it, set up for this: a
// gigabyte of buffers, no checkpoint meanwhile, the smallest log; synchronous_commit and fsync on.
// NOT_FOUND where the package is not installed. PostgreSQL refuses to run as root: it runs as the
// user postgres then.
absl::StatusOr<ChildProcess> StartPostgres(const std::string& log_dir,
                                           const std::string& scratch_dir);

// A connection. Not thread-safe.
class PostgresConnection {
 public:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Result = std::unique_ptr<PGresult, Clear>;

  // To "127.0.0.1:PORT"; waits until the server takes connections, half a minute at most.
  static absl::StatusOr<PostgresConnection> Connect(const std::string& address);

  absl::StatusOr<Result> Execute(const std::string& sql);
  absl::Status Prepare(const std::string& name, const std::string& sql);
  // Arguments and results in binary.
  absl::StatusOr<Result> ExecutePrepared(const std::string& name,
                                         absl::Span<const absl::string_view> arguments);
  // COPY … FROM STDIN of the text that `each` gives, a line a number.
  absl::Status CopyNumbers(const std::string& sql, EachNumber numbers);

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };

  explicit PostgresConnection(PGconn* connection) : connection_(connection) {}

  absl::StatusOr<Result> Checked(PGresult* result);

  std::unique_ptr<PGconn, Finish> connection_;
};

// The table "dnc (phone bigint primary key)" of these numbers: COPY, then the key, then VACUUM
// ANALYZE.
absl::Status LoadPostgresNumbers(PostgresConnection& connection, EachNumber numbers);

// SELECT phone FROM dnc WHERE phone = ANY($1), prepared, for 1,000 of the block's numbers each
// time. A call is a block, which must be answered right.
absl::StatusOr<std::unique_ptr<Caller>> MakePostgresFilter(const std::string& address,
                                                           const std::vector<NumberBlock>* blocks);

// The tables of opt-outs with `leads` leads, and the function that makes one.
absl::Status LoadPostgresLeads(PostgresConnection& connection, uint64_t leads);
// An opt-out as one transaction of one round trip: the request's id, entries of the lead and its
// two contact points, the lead's status, an audit record. A call is the opt-out of lead `index`.
absl::StatusOr<std::unique_ptr<Caller>> MakePostgresOptOut(const std::string& address);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_POSTGRES_H_
