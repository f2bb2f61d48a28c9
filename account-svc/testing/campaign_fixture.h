// Campaigns of a sales department, with a department of service and one of customer care beside it.
#ifndef KAM_ACCOUNT_SVC_TESTING_CAMPAIGN_FIXTURE_H_
#define KAM_ACCOUNT_SVC_TESTING_CAMPAIGN_FIXTURE_H_

#include <string>

#include "account-svc/testing/grants.h"
#include "account-svc/testing/visits_fixture.h"
#include "kam/account/v1/campaign_service.pb.h"
#include "kam/account/v1/lead_service.pb.h"

namespace kam::account {

class CampaignFixture : public VisitsFixture {
 protected:
  // With a department of service and one of customer care, beside that of sales.
  CampaignFixture() : service_(world_.AddDepartment()), care_(world_.AddDepartment()) {
    GrantRole(world_, "GAM", "campaign.budget.approve");
    world_.AddEmployee("SVM", service_.name());
    world_.AddEmployee("CSM", care_.name());
  }

  v1::Campaign Plan() const {
    v1::Campaign campaign;
    campaign.set_title("大用户推介会");
    campaign.set_kind(v1::CAMPAIGN_KIND_KEY_USER_PRESENTATION);
    campaign.set_objective("十条线索");
    campaign.set_start_date(Day());
    campaign.set_end_date(Day(1));
    campaign.set_budget_owner(head_.name());
    for (const int64_t units : {6000, 4000}) {
      v1::CampaignBudgetItem& item = *campaign.add_budget_items();
      item.set_description("场地");
      item.mutable_amount()->set_currency_code("CNY");
      item.mutable_amount()->set_units(units);
    }
    return campaign;
  }
  absl::StatusOr<v1::Campaign> Create(const v1::Campaign& campaign) {
    v1::CreateCampaignRequest request;
    *request.mutable_campaign() = campaign;
    return Call<v1::Campaign>(sm_, "CampaignService/CreateCampaign", request);
  }
  template <typename Request>
  absl::StatusOr<v1::Campaign> Verb(const auth::Principal& who, const std::string& verb, const Request& request,
                                    const std::string& name) {
    return Do<v1::Campaign>(who, "CampaignService/" + verb, request, name);
  }
  absl::StatusOr<v1::Campaign> Approve(const auth::Principal& who, const v1::Campaign& read) {
    return Do<v1::Campaign>(who, "CampaignService/ApproveCampaignBudget", v1::ApproveCampaignBudgetRequest(), read);
  }
  // A campaign whose guests are being invited; running when `run`.
  std::string Inviting(bool run = false) {
    auto campaign = Create(Plan());
    EXPECT_THAT(campaign, IsOk());
    campaign = Verb(sm_, "RequestCampaignBudget", v1::RequestCampaignBudgetRequest(), campaign->name());
    EXPECT_THAT(campaign, IsOk());
    EXPECT_THAT(Approve(gam_, *campaign), IsOk());
    EXPECT_THAT(Verb(sm_, "OpenInvitations", v1::OpenInvitationsRequest(), campaign->name()), IsOk());
    if (run) {
      EXPECT_THAT(Run(campaign->name()), IsOk());
    }
    return campaign->name();
  }
  absl::StatusOr<v1::PassCampaignInformationResponse> Pass(const std::string& name, const std::string& department,
                                                           const std::string& information = "推介会期间保养八折") {
    v1::PassCampaignInformationRequest pass;
    pass.add_departments(department);
    pass.set_information(information);
    return Do<v1::PassCampaignInformationResponse>(sm_, "CampaignService/PassCampaignInformation", pass, name);
  }
  absl::StatusOr<v1::Campaign> Run(const std::string& name) {
    for (const auto& department : {department_, service_, care_}) EXPECT_THAT(Pass(name, department.name()), IsOk());
    return Start(name);
  }
  absl::StatusOr<v1::Campaign> Start(const std::string& name) {
    return Verb(sm_, "StartCampaign", v1::StartCampaignRequest(), name);
  }
  absl::StatusOr<v1::CampaignInvitation> Invite(const std::string& campaign, const std::string& account,
                                                const std::string& contact, const std::string& guest = {}) {
    v1::CreateCampaignInvitationRequest request;
    v1::CampaignInvitation& invitation = *request.mutable_campaign_invitation();
    invitation.set_campaign(campaign);
    invitation.set_account(account);
    invitation.set_contact(contact);
    invitation.set_guest(guest);
    return Call<v1::CampaignInvitation>(kax_, "CampaignService/CreateCampaignInvitation", request);
  }
  absl::StatusOr<v1::CampaignInvitation> Attend(const std::string& name) {
    return Do<v1::CampaignInvitation>(kax_, "CampaignService/RecordAttendance", v1::RecordAttendanceRequest(), name);
  }
  absl::StatusOr<v1::Campaign> Cost(const std::string& name, int64_t units, const std::string& currency = "CNY") {
    v1::AddCampaignCostRequest request;
    request.set_description("场地");
    request.mutable_amount()->set_currency_code(currency);
    request.mutable_amount()->set_units(units);
    request.set_cost_date(Day());
    request.set_evidence("发票 3100224130");
    return Verb(sm_, "AddCampaignCost", request, name);
  }
  std::string NewLead() {
    v1::CreateLeadRequest request;
    request.mutable_lead()->set_display_name("王先生");
    request.mutable_lead()->set_phone(world_.CompleteDraft().phone());
    request.mutable_lead()->set_channel(v1::CHANNEL_SHOWROOM);
    request.mutable_lead()->set_need("十辆");
    const auto made = Call<v1::Lead>(kax_, "LeadService/CreateLead", request);
    EXPECT_THAT(made, IsOk());
    return made.ok() ? made->name() : "";
  }
  absl::StatusOr<v1::Campaign> Void(const auth::Principal& who, const std::string& name, int cost) {
    v1::VoidCampaignCostRequest request;
    request.set_cost(cost);
    request.set_reason("多记一个零");
    return Verb(who, "VoidCampaignCost", request, name);
  }
  absl::StatusOr<v1::CampaignInvitation> Undo(const std::string& name) {
    v1::UndoAttendanceRequest request;
    request.set_reason("认错人");
    return Do<v1::CampaignInvitation>(kax_, "CampaignService/UndoAttendance", request, name);
  }
  v1::CampaignFigures Figures(const std::string& name) {
    return Do<v1::CampaignEffect>(gam_, "CampaignService/GetCampaignEffect", v1::GetCampaignEffectRequest(), name)
        .value_or(v1::CampaignEffect())
        .figures();
  }

  organization::v1::Department service_, care_;
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_TESTING_CAMPAIGN_FIXTURE_H_
