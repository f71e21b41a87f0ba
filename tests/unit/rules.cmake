# Tests of the pure rules: decision, workflows, actions, names, errors and settings.
dnc_library(
  dnc_catalog_builder
  SOURCES catalog/catalog_builder.cc
  DEPS dnc_catalog GTest::gtest)
dnc_test(catalog_test SOURCES catalog/catalog_test.cc DEPS dnc_catalog_builder)
dnc_library(dnc_reason_docs SOURCES error/reason_docs.cc)
target_compile_definitions(dnc_reason_docs PRIVATE DNC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
dnc_test(error_test SOURCES error/corrupt_log_test.cc error/error_test.cc DEPS dnc_error dnc_reason_docs)
dnc_library(
  dnc_scenario
  SOURCES decision/scenario.cc
  DEPS dnc_decision dnc_catalog_builder GTest::gmock)
dnc_test(
  decision_test
  SOURCES decision/decide_entry_test.cc
          decision/decide_lead_test.cc
          decision/decide_property_test.cc
          decision/decide_registry_test.cc
          decision/record_facts_test.cc
  DEPS dnc_scenario)
dnc_test(
  workflow_test
  SOURCES workflow/order_test.cc workflow/rules_test.cc workflow/shape_test.cc
  DEPS dnc_workflow dnc_catalog_builder dnc_reason_docs)
dnc_test(
  copy_plan_test
  SOURCES action/copy_plan_test.cc action/obstacles_test.cc
  DEPS dnc_action dnc_catalog_builder)
dnc_test(
  template_plan_test
  SOURCES template/template_plan_test.cc
  DEPS dnc_template dnc_catalog_builder)
dnc_test(
  auth_test
  SOURCES auth/access_test.cc auth/authenticator_test.cc auth/permissions_test.cc
  DEPS dnc_auth dnc_catalog_builder)
target_compile_definitions(auth_test PRIVATE DNC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
dnc_test(
  optout_test
  SOURCES optout/deadline_test.cc optout/one_click_test.cc optout/reply_test.cc
  DEPS dnc_optout)
dnc_test(
  report_test
  SOURCES report/report_rules_test.cc
  DEPS dnc_report dnc_catalog_builder)
dnc_test(resource_name_test SOURCES name/resource_name_test.cc DEPS dnc_name)
dnc_test(
  subject_test
  SOURCES subject/scope_test.cc subject/subject_test.cc
  DEPS dnc_subject dnc_catalog_builder)
dnc_test(
  handler_test
  SOURCES handler/check_query_test.cc
          handler/filter_columns_test.cc
          handler/import_area_codes_test.cc
          handler/import_date_test.cc
          handler/page_test.cc
          handler/raw_text_test.cc
          handler/reason_text_test.cc
  DEPS dnc_handler dnc_scenario)
dnc_test(
  preparer_test
  SOURCES handler/preparer_test.cc state/state_fixture.cc
  DEPS dnc_handler dnc_catalog_builder GTest::gmock)
dnc_test(
  import_session_test
  SOURCES handler/import_flight_test.cc handler/import_session_test.cc state/state_fixture.cc
  DEPS dnc_handler GTest::gmock)
dnc_test(
  import_stop_test
  SOURCES handler/import_stop_test.cc state/state_fixture.cc
  DEPS dnc_handler)
dnc_test(
  config_test
  SOURCES ops/command_line_test.cc ops/config_test.cc ops/data_dir_test.cc ops/port_file_test.cc
  DEPS dnc_ops)
dnc_test(
  base_test
  SOURCES base/clock_test.cc base/logging_test.cc base/wire_test.cc
  DEPS dnc_base dnc_contact dnc_proto yaml-cpp)
dnc_test(
  recording_test
  SOURCES recording/contact_store_test.cc
          recording/decision_pages_test.cc
          recording/decision_recorder_test.cc
          recording/decision_store_test.cc
          recording/record_ring_test.cc
          recording/recording_formats_test.cc
  DEPS dnc_recording)
dnc_test(
  audit_test
  SOURCES audit/chain_test.cc watch/changes_test.cc
  DEPS dnc_audit dnc_watch)
dnc_test(
  diagnose_rules_test
  SOURCES diagnose/findings_test.cc "${PROJECT_SOURCE_DIR}/tests/integration/process.cc"
  DEPS dnc_diagnose dnc_catalog_builder)
add_dependencies(diagnose_rules_test dncctl)
