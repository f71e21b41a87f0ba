// Early return on a failed absl::Status, for functions that return Status or StatusOr.
#ifndef DNC_STORAGE_BASE_STATUS_MACROS_H_
#define DNC_STORAGE_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define DNC_RETURN_IF_ERROR(expr)                                                   \
  do {                                                                              \
    if (absl::Status dnc_status_ = (expr); ABSL_PREDICT_FALSE(!dnc_status_.ok())) { \
      return dnc_status_;                                                           \
    }                                                                               \
  } while (false)

#define DNC_MACRO_CONCAT_INNER(a, b) a##b
#define DNC_MACRO_CONCAT(a, b) DNC_MACRO_CONCAT_INNER(a, b)

// DNC_ASSIGN_OR_RETURN(auto x, MakeX()): assigns the value or returns the error.
#define DNC_ASSIGN_OR_RETURN(lhs, expr) \
  DNC_ASSIGN_OR_RETURN_IMPL(DNC_MACRO_CONCAT(dnc_status_or_, __LINE__), lhs, expr)

#define DNC_ASSIGN_OR_RETURN_IMPL(var, lhs, expr) \
  auto var = (expr);                              \
  if (ABSL_PREDICT_FALSE(!var.ok())) {            \
    return std::move(var).status();               \
  }                                               \
  lhs = std::move(var).value()

#endif  // DNC_STORAGE_BASE_STATUS_MACROS_H_
