// Who wrote what is approved or released: nobody decides on words of his own.
#ifndef KAM_ACCOUNT_SVC_WRITERS_H_
#define KAM_ACCOUNT_SVC_WRITERS_H_

#include "absl/strings/string_view.h"
#include "account-svc/context.h"

namespace kam::account {

// The caller has never written the resource `name`, neither as a new one nor by an update, through `service`
// ("kam.account.v1.AccountService"). SEPARATION_OF_DUTIES: the writer does not `what` ("approve the statement").
absl::Status CheckNotWriter(resource::UnitOfWork& work, absl::string_view service, const std::string& name,
                            absl::string_view what);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_WRITERS_H_
