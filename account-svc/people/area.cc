#include "account-svc/area.h"

#include "account-svc/people/organization_service.h"
#include "account-svc/people/people.h"
#include "kam/organization/v1/assessment_sheet.pb.h"
#include "kam/organization/v1/assessment_template.pb.h"
#include "kam/organization/v1/department.pb.h"
#include "kam/organization/v1/employee.pb.h"
#include "kam/organization/v1/instruction_request.pb.h"
#include "kam/organization/v1/kpi_definition.pb.h"
#include "kam/organization/v1/leave_request.pb.h"
#include "kam/organization/v1/personnel_act.pb.h"
#include "kam/organization/v1/post.pb.h"
#include "kam/organization/v1/post_assignment.pb.h"
#include "kam/organization/v1/role_grant.pb.h"

namespace kam::account {
namespace {

constexpr absl::string_view kServices[] = {
    "kam.organization.v1.AssessmentSheetService",    "kam.organization.v1.AssessmentTemplateService",
    "kam.organization.v1.DepartmentService",         "kam.organization.v1.DirectoryService",
    "kam.organization.v1.EmployeeScopeService",      "kam.organization.v1.EmployeeService",
    "kam.organization.v1.InstructionRequestService", "kam.organization.v1.KpiDefinitionService",
    "kam.organization.v1.LeaveRequestService",       "kam.organization.v1.PersonnelActService",
    "kam.organization.v1.PostAssignmentService",     "kam.organization.v1.PostService",
    "kam.organization.v1.RoleGrantService",
};

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<organization::v1::Department>();
  catalog->Add<organization::v1::Employee>();
  catalog->Add<organization::v1::RoleGrant>();
  catalog->Add<organization::v1::LeaveRequest>();
  catalog->Add<organization::v1::KpiDefinition>();
  catalog->Add<organization::v1::AssessmentTemplate>();
  catalog->Add<organization::v1::AssessmentSheet>();
  catalog->Add<organization::v1::InstructionRequest>();
  catalog->Add<organization::v1::PersonnelAct>();
  catalog->Add<organization::v1::Post>();
  catalog->Add<organization::v1::PostAssignment>();
}

void RegisterHandlers(const Context& context, rpc::Registry* registry) {
  RegisterOrganization(context, registry);
  RegisterRoleGrants(context, registry);
  RegisterDirectory(context, registry);
  RegisterLeave(context, registry);
  RegisterAssessment(context, registry);
  RegisterInstructions(context, registry);
  RegisterPersonnelActs(context, registry);
  RegisterPosts(context, registry);
}

}  // namespace

const Area& PeopleArea() {
  static constexpr Area kArea = {kServices, FillCatalog, RegisterHandlers};
  return kArea;
}

}  // namespace kam::account
