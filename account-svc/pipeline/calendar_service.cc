// kam.account.v1.WorkingCalendarService.
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/calendar_rules.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/working_calendar_service.pb.h"

namespace kam::account {

void RegisterWorkingCalendars(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<v1::WorkingCalendar>(
      [context](resource::UnitOfWork& work, v1::WorkingCalendar* calendar) -> absl::Status {
        RETURN_IF_ERROR(Validate(work, *calendar));
        return rules::ToCalendar(*calendar, context.zone.name()).status();
      });
  context.runtime.SetHooks(v1::WorkingCalendar::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.WorkingCalendarService", registry);
}

}  // namespace kam::account
