// One rule for everything that is part of the file of an account.
#ifndef KAM_ACCOUNT_SVC_CLOSED_FILES_H_
#define KAM_ACCOUNT_SVC_CLOSED_FILES_H_

#include "account-svc/context.h"

namespace kam::account {

// Makes Create and Update of every resource of an account refuse a file that is closed, or in the archive: nothing
// begins there and nothing is rewritten, while its verbs bring what is under way to an end, and what is in the
// vault is kept and read. ACCOUNT_CLOSED, RESOURCE_ARCHIVED. After the areas have set their hooks.
void KeepClosedFiles(const Context& context);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_CLOSED_FILES_H_
