# Filters, orders, page tokens and field masks.
kam_library(kam_resource_filter
  SOURCES filter_parser.cc filter_sql.cc filter_target.cc filter_util.cc filter_value.cc mask.cc order.cc page_token.cc
          search.cc
  LINK kam_resource_type kam_status kam_money kam_api_proto OpenSSL::Crypto
       absl::flat_hash_map absl::strings absl::time absl::statusor)
kam_test(filter_parser_test SOURCES filter_parser_test.cc LINK kam_resource_filter LABELS unit)
kam_test(filter_test SOURCES filter_test.cc LINK kam_resource_filter kam_mysql kam_testing_proto LABELS unit)
kam_test(order_test SOURCES order_test.cc LINK kam_resource_filter kam_mysql kam_testing_proto LABELS unit)
kam_test(page_token_test SOURCES page_token_test.cc LINK kam_resource_filter LABELS unit)
kam_test(mask_test SOURCES mask_test.cc LINK kam_resource_filter kam_testing_proto LABELS unit)
kam_library(kam_resource_testing
  SOURCES testing/widget_tables.cc
  LINK kam_testing_proto kam_mysql kam_status absl::status absl::time)
kam_test(filter_database_test SOURCES filter_database_test.cc keyset_database_test.cc testing/random_widgets.cc
  LINK kam_resource_filter kam_resource_testing kam_testing_mariadb LABELS mysql DATABASE)
include(${CMAKE_SOURCE_DIR}/common/testing/fuzz.cmake)
kam_fuzz_test(filter_fuzz SOURCES filter_fuzz.cc LINK kam_resource_filter kam_testing_proto)
kam_fuzz_test(mask_fuzz SOURCES mask_fuzz.cc LINK kam_resource_filter kam_testing_proto)
kam_fuzz_test(page_token_fuzz SOURCES page_token_fuzz.cc LINK kam_resource_filter)
