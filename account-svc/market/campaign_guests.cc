// Guests of campaigns: invited, answered, came, became leads.
#include "absl/strings/str_cat.h"
#include "account-svc/market/campaign_service.h"
#include "account-svc/report.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/visits/contact_date.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/campaign_service.pb.h"
#include "kam/account/v1/lead.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Campaign;
using v1::CampaignInvitation;

constexpr char kService[] = "kam.account.v1.CampaignService";

// Locks the campaign, so that two who invite the same guest come one after the other, and it does not end meanwhile.
absl::StatusOr<std::string> LockedState(UnitOfWork& work, const std::string& campaign) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT state FROM campaigns WHERE id = ? FOR UPDATE", {IdOf(campaign)}));
  if (rows.empty()) {
    return InvalidField("campaign_invitation.campaign", "REFERENCE_NOT_FOUND",
                        absl::StrCat(campaign, " does not exist"), {{"reference", campaign}});
  }
  return rows[0][0].text();
}

// The guest is somebody, of that account, within reach, and not on the list already.
absl::Status CheckGuest(UnitOfWork& work, const CampaignInvitation& invitation, absl::string_view field) {
  RETURN_IF_ERROR(rules::CheckGuest(invitation.account(), invitation.contact(), invitation.guest(), field));
  if (!invitation.account().empty()) RETURN_IF_ERROR(CheckAccountUsable(work, invitation.account()));
  ContactNames contact;
  if (!invitation.contact().empty()) *contact.Add() = invitation.contact();
  RETURN_IF_ERROR(CheckContactsOf(work, invitation.account(), contact, absl::StrCat(field, "contact")));
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT id FROM campaign_invitations WHERE campaign = ? AND state <> 'WITHDRAWN' AND "
                              "(contact = ? OR (contact IS NULL AND guest = ?)) LIMIT 1",
                              {IdOf(invitation.campaign()), IdOf(invitation.contact()), invitation.guest()}));
  if (rows.empty()) return absl::OkStatus();
  const std::string name = NameOf("campaignInvitations", rows[0][0].text());
  return Error(absl::StatusCode::kAlreadyExists, "INVITED_ALREADY",
               absl::StrCat("the guest is on the list of this campaign already: ", name), {{"invitation", name}});
}

absl::Status Invite(UnitOfWork& work, CampaignInvitation* invitation) {
  ASSIGN_OR_RETURN(*invitation->mutable_inviter(), Person(work));
  invitation->set_state(v1::CAMPAIGN_INVITATION_STATE_INVITED);
  RETURN_IF_ERROR(Validate(work, *invitation));
  ASSIGN_OR_RETURN(const std::string state, LockedState(work, invitation->campaign()));
  // A campaign of weeks invites on while it runs.
  if (state != "INVITING" && state != "RUNNING") {
    return FailedPrecondition("CAMPAIGN_NOT_INVITING", invitation->campaign(),
                              absl::StrCat("the campaign is ", state, "; guests are invited from INVITING to RUNNING"),
                              {{"state", state}});
  }
  return CheckGuest(work, *invitation, "campaign_invitation.");
}

absl::StatusOr<CampaignInvitation> WalkIn(UnitOfWork& work, const v1::RegisterWalkInRequest& request) {
  ASSIGN_OR_RETURN(const auto change, work.Begin<Campaign>(request));
  CampaignInvitation guest;
  ASSIGN_OR_RETURN(*guest.mutable_inviter(), Person(work));
  guest.set_campaign(change.before.name());
  guest.set_account(request.account());
  guest.set_contact(request.contact());
  guest.set_guest(request.guest());
  guest.set_walk_in(true);
  guest.set_state(v1::CAMPAIGN_INVITATION_STATE_ATTENDED);
  *guest.mutable_attend_time() = ToTimestamp(work.now());
  RETURN_IF_ERROR(CheckGuest(work, guest, ""));
  return work.Insert(std::move(guest));
}

// Adds a verb of an invitation. The campaign is locked before the invitation, as by whoever ends it, and its state is
// told to `rule`.
template <typename Request, typename Rule>
void AddGuestVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  registry->Add<Request, CampaignInvitation>(method, [context, rule](rpc::Call& call, const Request& request) {
    return context.runtime.Write<CampaignInvitation>(
        call, request, [&](UnitOfWork& work) -> absl::StatusOr<CampaignInvitation> {
          ASSIGN_OR_RETURN(const std::vector<Row> rows,
                           work.connection().Query("SELECT campaign FROM campaign_invitations WHERE id = ?",
                                                   {IdOf(request.name())}));
          std::string state;
          if (!rows.empty()) {
            ASSIGN_OR_RETURN(state, LockedState(work, rows[0][0].text()));
          }
          ASSIGN_OR_RETURN(auto change, work.Begin<CampaignInvitation>(request));
          RETURN_IF_ERROR(rule(work, request, state, &change.after));
          return work.Save(std::move(change));
        });
  });
}

}  // namespace

absl::StatusOr<rules::GuestCounts> CountGuests(mysql::Connection& connection, const std::string& campaign) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query("SELECT SUM(CASE WHEN t.walk_in = 0 THEN 1 ELSE 0 END), SUM(CASE WHEN t.walk_in = 0 AND "
                       "t.accepted = 1 THEN 1 ELSE 0 END), SUM(CASE WHEN t.walk_in = 0 AND t.state = 'ATTENDED' THEN 1 "
                       "ELSE 0 END), SUM(CASE WHEN t.walk_in = 1 THEN 1 ELSE 0 END), COUNT(t.lead_id) FROM "
                       "campaign_invitations t WHERE t.campaign = ? AND t.state <> 'WITHDRAWN'",
                       {IdOf(campaign)}));
  rules::GuestCounts counts;
  counts.invited = WholeOf(rows[0][0]);
  counts.accepted = WholeOf(rows[0][1]);
  counts.attended = WholeOf(rows[0][2]);
  counts.walk_ins = WholeOf(rows[0][3]);
  counts.leads = WholeOf(rows[0][4]);
  return counts;
}

void RegisterCampaignGuests(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<CampaignInvitation>(Invite);
  context.runtime.SetHooks(CampaignInvitation::descriptor(), std::move(hooks));
  const std::string service = kService;
  registry->Add<v1::RegisterWalkInRequest, CampaignInvitation>(
      service + "/RegisterWalkIn", [context](rpc::Call& call, const v1::RegisterWalkInRequest& request) {
        return context.runtime.Write<CampaignInvitation>(call, request,
                                                         [&](UnitOfWork& work) { return WalkIn(work, request); });
      });
  AddGuestVerb<v1::RecordInvitationAnswerRequest>(
      context, service + "/RecordInvitationAnswer", registry,
      [](UnitOfWork& work, const v1::RecordInvitationAnswerRequest& request, const std::string& state,
         CampaignInvitation* invitation) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckCampaignOpen(state, invitation->campaign()));
        invitation->set_accepted(request.accepted());
        invitation->set_state(request.accepted() ? v1::CAMPAIGN_INVITATION_STATE_ACCEPTED
                                                 : v1::CAMPAIGN_INVITATION_STATE_DECLINED);
        invitation->set_answer_remark(request.remark());
        *invitation->mutable_answer_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
  AddGuestVerb<v1::RecordAttendanceRequest>(
      context, service + "/RecordAttendance", registry,
      [](UnitOfWork& work, const v1::RecordAttendanceRequest&, const std::string& state,
         CampaignInvitation* invitation) -> absl::Status {
        if (state != "RUNNING") {
          return FailedPrecondition("CAMPAIGN_NOT_RUNNING", invitation->campaign(),
                                    absl::StrCat("the campaign is ", state, "; guests come while it is RUNNING"),
                                    {{"state", state}});
        }
        *invitation->mutable_attend_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
  AddGuestVerb<v1::UndoAttendanceRequest>(context, service + "/UndoAttendance", registry,
                                          [](UnitOfWork&, const v1::UndoAttendanceRequest&, const std::string& state,
                                             CampaignInvitation* invitation) -> absl::Status {
                                            RETURN_IF_ERROR(rules::CheckCampaignOpen(state, invitation->campaign()));
                                            rules::UndoAttendance(invitation);
                                            return absl::OkStatus();
                                          });
  AddGuestVerb<v1::WithdrawInvitationRequest>(
      context, service + "/WithdrawInvitation", registry,
      [](UnitOfWork&, const v1::WithdrawInvitationRequest&, const std::string& state, CampaignInvitation* invitation) {
        return rules::CheckCampaignOpen(state, invitation->campaign());
      });
  AddGuestVerb<v1::LinkCampaignLeadRequest>(
      context, service + "/LinkCampaignLead", registry,
      [](UnitOfWork& work, const v1::LinkCampaignLeadRequest& request, const std::string& state,
         CampaignInvitation* invitation) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckCampaignOpen(state, invitation->campaign()));
        ASSIGN_OR_RETURN(const v1::Lead lead, work.Load<v1::Lead>(request.lead(), work.actor().LevelFor("lead.read")));
        invitation->set_lead(lead.name());
        return absl::OkStatus();
      });
}

}  // namespace kam::account
