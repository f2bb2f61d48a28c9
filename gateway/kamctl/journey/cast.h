// Who plays the journey: logins of the people of samples/demo, each with what he is there.
#ifndef KAM_GATEWAY_KAMCTL_JOURNEY_CAST_H_
#define KAM_GATEWAY_KAMCTL_JOURNEY_CAST_H_

namespace kam::ctl::journey {

inline constexpr char kSeller[] = "chen.yiming";            // 大客户专员 KAX
inline constexpr char kColleague[] = "zhao.siqi";           // 大客户专员 KAX
inline constexpr char kManager[] = "lin.lan";               // 大客户经理 KAM
inline constexpr char kDepartment[] = "gu.mingyuan";        // 集团客户部经理 GAM
inline constexpr char kPolicyMaker[] = "zheng.hong";        // 大客户管理经理 KAPM
inline constexpr char kSalesManager[] = "wu.xiaofeng";      // 销售经理 SM
inline constexpr char kDirector[] = "lu.haitao";            // 销售总监 SD
inline constexpr char kGeneralManager[] = "zhou.jianguo";   // 总经理 GM
inline constexpr char kAnalyst[] = "jin.bo";                // 销售计划兼数据分析 SPO DA
inline constexpr char kProduct[] = "gao.xiang";             // 产品支持主管 PSS
inline constexpr char kLegal[] = "dong.lv";                 // 法务 LEG
inline constexpr char kFinance[] = "xu.min";                // 财务总监 FD
inline constexpr char kOrderDesk[] = "cao.li";              // 销售内勤 SAD
inline constexpr char kAccountant[] = "hu.jing";            // 会计 ACC
inline constexpr char kCashier[] = "guo.ting";              // 出纳 CSH
inline constexpr char kStore[] = "ma.jianjun";              // 库管员 WH
inline constexpr char kSupport[] = "xie.fang";              // 售后支持主管 ASS
inline constexpr char kOfficer[] = "ye.zihan";              // 客服专员 CSR
inline constexpr char kCare[] = "su.qing";                  // 客服管理经理 CSM
inline constexpr char kCareDirector[] = "jiang.yue";        // 客户关系管理总监 CRMD
inline constexpr char kServiceDirector[] = "han.zhiqiang";  // 服务总监 SVD
inline constexpr char kServiceManager[] = "pan.zhigang";    // 服务经理 SVM
inline constexpr char kAdvisor[] = "feng.lei";              // 服务顾问兼索赔员 SA CL
inline constexpr char kClerk[] = "qiu.chen";                // 索赔员 CL
inline constexpr char kPartsManager[] = "yuan.feng";        // 备件经理 PTM

}  // namespace kam::ctl::journey

#endif  // KAM_GATEWAY_KAMCTL_JOURNEY_CAST_H_
