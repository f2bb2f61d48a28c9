// Programs that write a page of docs/ from what the suite is, and tests that it is current.
#ifndef KAM_TESTS_DOCUMENTS_GENERATED_PAGE_H_
#define KAM_TESTS_DOCUMENTS_GENERATED_PAGE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace kam::documents {

// The whole of main(): `PROGRAM FILE` writes the page to FILE; `PROGRAM --check FILE` changes nothing and returns 1
// when FILE says something else. 2: used wrongly. A FILE with the lines "<!-- written by ./dev coverage -->" and
// "<!-- end of what is written -->" keeps everything but what is between them.
int PageMain(int argc, char** argv, absl::FunctionRef<absl::StatusOr<std::string>()> page);

}  // namespace kam::documents

#endif  // KAM_TESTS_DOCUMENTS_GENERATED_PAGE_H_
