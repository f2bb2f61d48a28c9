#include "account-svc/rules/firm_words.h"

namespace kam::account::rules {

absl::Span<const absl::string_view> ChineseLegalForms() {
  static constexpr absl::string_view kForms[] = {"集团股份有限公司",
                                                 "集团有限责任公司",
                                                 "集团有限公司",
                                                 "股份有限公司",
                                                 "有限责任公司",
                                                 "控股有限公司",
                                                 "有限公司",
                                                 "股份公司",
                                                 "集团公司",
                                                 "控股公司",
                                                 "总公司",
                                                 "分公司",
                                                 "公司",
                                                 "集团",
                                                 "股份",
                                                 "控股",
                                                 "有限合伙",
                                                 "合伙企业",
                                                 "株式会社",
                                                 "주식회사"};
  return kForms;
}

absl::Span<const absl::string_view> ChineseRegions() {
  static constexpr absl::string_view kRegions[] = {
      "中国", "中华", "北京",     "上海",     "天津", "重庆", "河北", "山西",     "辽宁",   "吉林", "黑龙江",
      "江苏", "浙江", "安徽",     "福建",     "江西", "山东", "河南", "湖北",     "湖南",   "广东", "海南",
      "四川", "贵州", "云南",     "陕西",     "甘肃", "青海", "台湾", "内蒙古",   "广西",   "西藏", "宁夏",
      "新疆", "香港", "澳门",     "石家庄",   "太原", "沈阳", "大连", "长春",     "哈尔滨", "南京", "苏州",
      "无锡", "常州", "南通",     "徐州",     "扬州", "镇江", "杭州", "宁波",     "温州",   "嘉兴", "绍兴",
      "金华", "台州", "合肥",     "芜湖",     "福州", "厦门", "泉州", "南昌",     "济南",   "青岛", "烟台",
      "潍坊", "临沂", "郑州",     "洛阳",     "武汉", "宜昌", "襄阳", "长沙",     "株洲",   "广州", "深圳",
      "珠海", "佛山", "东莞",     "中山",     "惠州", "海口", "成都", "绵阳",     "贵阳",   "昆明", "西安",
      "兰州", "西宁", "呼和浩特", "南宁",     "柳州", "拉萨", "银川", "乌鲁木齐", "浦东",   "昆山", "义乌",
      "唐山", "保定", "包头",     "鄂尔多斯", "淄博", "威海", "湛江", "汕头",     "桂林",   "遵义", "咸阳"};
  return kRegions;
}

absl::Span<const absl::string_view> ChineseBusinesses() {
  static constexpr absl::string_view kBusinesses[] = {
      "科技", "技术",   "贸易",   "商贸", "商务", "实业",   "工业",     "发展",   "投资", "汽车", "零部件", "物流",
      "运输", "供应链", "进出口", "建筑", "工程", "建设",   "机械",     "精密",   "制造", "电子", "电气",   "电器",
      "食品", "饮料",   "餐饮",   "生鲜", "连锁", "超市",   "百货",     "酒店",   "旅游", "文化", "传媒",   "教育",
      "医疗", "器械",   "医药",   "制药", "药业", "化工",   "材料",     "新能源", "能源", "电力", "环保",   "农业",
      "服装", "纺织",   "家具",   "装饰", "设备", "仪器",   "软件",     "网络",   "通信", "信息", "咨询",   "管理",
      "服务", "销售",   "租赁",   "出租", "客运", "货运",   "港口",     "金属",   "钢铁", "塑料", "包装",   "印刷",
      "国际", "企业",   "产业",   "置业", "物业", "房地产", "人力资源", "生物",   "保险", "银行", "证券"};
  return kBusinesses;
}

absl::Span<const absl::string_view> LatinFillers() {
  static constexpr absl::string_view kFillers[] = {
      "a",           "ab",      "ag",  "and",  "aps", "as",   "bhd", "bv",  "co",           "company", "corp",
      "corporation", "de",      "der", "die",  "for", "gmbh", "in",  "inc", "incorporated", "kg",      "kgaa",
      "kk",          "limited", "llc", "llp",  "lp",  "ltd",  "mbh", "nv",  "of",           "oy",      "plc",
      "pte",         "pty",     "sa",  "sarl", "sas", "sdn",  "se",  "spa", "srl",          "the",     "und"};
  return kFillers;
}

absl::Span<const absl::string_view> LatinBusinesses() {
  static constexpr absl::string_view kBusinesses[] = {
      "automotive",  "business",  "chemical",       "chemicals",       "commerce",      "construction",  "consulting",
      "development", "electric",  "electronics",    "energy",          "engineering",   "enterprise",    "enterprises",
      "equipment",   "export",    "food",           "foods",           "global",        "group",         "holding",
      "holdings",    "import",    "industrial",     "industries",      "industry",      "international", "investment",
      "logistics",   "machinery", "management",     "manufacturing",   "material",      "materials",     "medical",
      "motor",       "motors",    "pharmaceutical", "pharmaceuticals", "sales",         "service",       "services",
      "shipping",    "software",  "solutions",      "supply",          "system",        "systems",       "technologies",
      "technology",  "trade",     "trading",        "transport",       "transportation"};
  return kBusinesses;
}

absl::Span<const absl::string_view> LatinRegions() {
  static constexpr absl::string_view kRegions[] = {
      "america", "asia",      "beijing",  "berlin",    "china",   "europe", "france",
      "germany", "guangzhou", "hongkong", "india",     "japan",   "london", "munich",
      "paris",   "shanghai",  "shenzhen", "singapore", "tianjin", "uk",     "usa"};
  return kRegions;
}

absl::Span<const std::pair<absl::string_view, absl::string_view>> LatinShortForms() {
  static constexpr std::pair<absl::string_view, absl::string_view> kForms[] = {
      {"assoc", "associates"},      {"auto", "automotive"}, {"bldg", "building"},    {"chem", "chemical"},
      {"constr", "construction"},   {"dev", "development"}, {"elec", "electric"},    {"eng", "engineering"},
      {"engg", "engineering"},      {"equip", "equipment"}, {"grp", "group"},        {"hldg", "holding"},
      {"hldgs", "holdings"},        {"ind", "industries"},  {"inds", "industries"},  {"intl", "international"},
      {"int", "international"},     {"inv", "investment"},  {"log", "logistics"},    {"mach", "machinery"},
      {"mfg", "manufacturing"},     {"mgmt", "management"}, {"natl", "national"},    {"pharm", "pharmaceutical"},
      {"pharma", "pharmaceutical"}, {"svc", "services"},    {"svcs", "services"},    {"sys", "systems"},
      {"tech", "technology"},       {"trans", "transport"}, {"transp", "transport"}, {"univ", "university"}};
  return kForms;
}

}  // namespace kam::account::rules
