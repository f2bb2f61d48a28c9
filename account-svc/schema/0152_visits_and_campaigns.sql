-- Ways back for visits, their reports, guests and costs of campaigns (A-29, A-35, P-13, P-21); what is heard on a visit
-- is linked with the register it went to (A-13, A-31).

ALTER TABLE campaigns_costs
  ADD COLUMN void_reason VARCHAR(1000) NULL,
  ADD COLUMN void_time DATETIME(6) NULL,
  ADD COLUMN voider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;

ALTER TABLE campaigns
  ADD COLUMN figures_voided_cost_amount DECIMAL(19,4) NULL,
  ADD COLUMN figures_voided_cost_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- A guest whose invitation was taken back may be invited again.
ALTER TABLE campaign_invitations
  ADD COLUMN live_contact CHAR(26) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (CASE WHEN state <> 'WITHDRAWN' THEN RTRIM(contact) END) STORED,
  DROP KEY campaign_invitations_contact,
  ADD UNIQUE KEY campaign_invitations_live_contact (campaign, live_contact),
  ADD KEY campaign_invitations_by_contact (contact);

ALTER TABLE visits_needs
  ADD COLUMN kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN customer_need CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE visits_suggestions ADD COLUMN customer_opinion CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE visit_problems ADD COLUMN customer_opinion CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;

ALTER TABLE visit_reports ADD COLUMN return_reason VARCHAR(1000) NULL;
ALTER TABLE weekly_reports ADD COLUMN return_reason VARCHAR(1000) NULL;
