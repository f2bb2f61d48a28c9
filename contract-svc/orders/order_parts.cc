#include "contract-svc/orders/order_parts.h"

#include "kam/order/v1/add_on_service.pb.h"
#include "kam/order/v1/delivery_project.pb.h"
#include "kam/order/v1/release_authority.pb.h"
#include "kam/order/v1/sales_ledger.pb.h"
#include "kam/order/v1/supply.pb.h"

namespace kam::contract {

void FillOrderPartsCatalog(resource::Catalog* catalog) {
  catalog->Add<order::v1::ReleaseAuthority>();
  catalog->Add<order::v1::Quota>();
  catalog->Add<order::v1::OrderingPlan>();
  catalog->Add<order::v1::ManufacturerOrder>();
  catalog->Add<order::v1::DeliveryProject>();
  catalog->Add<order::v1::ProjectChange>();
  catalog->Add<order::v1::ProjectReport>();
  catalog->Add<order::v1::ServiceFee>();
  catalog->Add<order::v1::AddOnService>();
  catalog->Add<order::v1::SalesLedgerEntry>();
  catalog->Add<order::v1::LedgerMonth>();
}

}  // namespace kam::contract
