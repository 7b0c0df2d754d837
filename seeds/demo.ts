/** Names of people, by language. Where a name is not written in Latin letters, `native=latin` has both. */
interface Names {
  readonly locale: string;
  readonly given: readonly string[];
  readonly family: readonly string[];
  /** Whether the family name comes first. */
  readonly isFamilyFirst?: boolean;
}

const words = (text: string) => text.split(" ");

export const names: readonly Names[] = [
  {
    locale: "en-GB",
    given: words("Amelia Oliver Grace Harry Isla Callum Freya Rhys Niamh Declan Maisie Angus"),
    family: words("Whitfield Ashworth O’Connell Pemberton Hughes Lockwood MacLeod Barlow Sinclair Thornton"),
  },
  {
    locale: "de-DE",
    given: words("Jürgen Anneliese Lukas Mareike Björn Käthe Tobias Friederike Matthias Svenja"),
    family: words("Müller Weiß Schröder Krüger Vogel Baumgärtner Köhler Lindemann Böhm Hartwig"),
  },
  {
    locale: "es-ES",
    given: words("Lucía Joaquín Inés Álvaro Marisol Íñigo Nuria Sebastián Belén Matías"),
    family: words("Castaño Ibáñez Muñoz Peña Quiroga Vázquez Zúñiga Herrera Beltrán Olmedo"),
  },
  {
    locale: "fr-FR",
    given: words("Zoé Étienne Margaux Théo Anaïs Loïc Hélène Gaël Solène Rémi"),
    family: words("Lefèvre Chevalier Béranger Dubois Garçon Hénault Marchand Noël Pélissier Rousseau"),
  },
  {
    locale: "pl-PL",
    given: words("Łukasz Agnieszka Wojciech Małgorzata Paweł Żaneta Grzegorz Bożena Stanisław Zofia"),
    family: words("Wójcik Dąbrowska Kamiński Łęcka Szymański Woźniak Zięba Górska Pawłowski Ślusarz"),
  },
  {
    locale: "tr-TR",
    given: words("Ayşe Çağlar Defne Emre Gülşen İlker Özlem Uğur Zeynep Barış"),
    family: words("Yılmaz Şahin Öztürk Çelik Aydın Güneş Kılıç Doğan Işık Ünal"),
  },
  {
    locale: "nb-NO",
    given: words("Ingrid Bjørn Solveig Håkon Åse Sigurd Liv Ørjan Tuva Eirik"),
    family: words("Solberg Ødegård Hauge Bråten Nygård Lie Fjeld Strøm Haugen Aasen"),
  },
  {
    locale: "pt-BR",
    given: words("João Beatriz Thiago Conceição Caio Luíza Vinícius Flávia Otávio Letícia"),
    family: words("Araújo Gonçalves Figueiredo Magalhães Simões Brandão Teixeira Camargo Vilela Peixoto"),
  },
  {
    locale: "vi-VN",
    given: words("Linh Tuấn Hương Đức Mai Quân Thảo Khánh Ngọc Hải"),
    family: words("Nguyễn Trần Lê Phạm Huỳnh Đặng Võ Bùi Đỗ Hồ"),
    isFamilyFirst: true,
  },
  {
    locale: "yo-NG",
    given: words("Adébáyọ̀ Folákẹ́ Olúwaṣeun Títílayọ̀ Babátúndé Yétúndé Kọ́ládé Ìyábọ̀ Olú Ṣadé"),
    family: words("Adéyẹmí Ògúnlẹ́yẹ Afọlábí Balógun Olátúnjí Adébísí Akíntọ́lá Fálọlá Ọláwálé Bámgbóṣé"),
  },
  {
    locale: "hi-IN",
    given: words(
      "अर्जुन=Arjun प्रिया=Priya रोहन=Rohan अनन्या=Ananya विक्रम=Vikram कविता=Kavita सुरेश=Suresh मीरा=Meera",
    ),
    family: words("शर्मा=Sharma पटेल=Patel अय्यर=Iyer मेहता=Mehta गुप्ता=Gupta नायर=Nair सिंह=Singh राव=Rao"),
  },
  {
    locale: "uk-UA",
    given: words(
      "Олена=Olena Тарас=Taras Ярослава=Yaroslava Богдан=Bohdan Соломія=Solomiia Андрій=Andrii Ірина=Iryna",
    ),
    family: words(
      "Шевченко=Shevchenko Коваль=Koval Бондар=Bondar Кравчук=Kravchuk Мельник=Melnyk Гриценко=Hrytsenko",
    ),
  },
  {
    locale: "ar-EG",
    given: words("ليلى=Layla يوسف=Youssef نور=Noor كريم=Karim سلمى=Salma طارق=Tarek مريم=Mariam"),
    family: words("حدّاد=Haddad منصور=Mansour الشريف=ElSherif فهمي=Fahmy زكي=Zaki سليمان=Soliman"),
  },
  {
    locale: "ja-JP",
    given: words("芽衣=Mei 健太=Kenta 葵=Aoi 翔太=Shota 美咲=Misaki 大輔=Daisuke 陽菜=Hina 直樹=Naoki"),
    family: words(
      "田中=Tanaka 佐藤=Sato 渡辺=Watanabe 小林=Kobayashi 中村=Nakamura 吉田=Yoshida 山口=Yamaguchi",
    ),
    isFamilyFirst: true,
  },
  {
    locale: "zh-CN",
    given: words("明=Ming 小红=Xiaohong 伟=Wei 静怡=Jingyi 磊=Lei 雪=Xue 建国=Jianguo 雅婷=Yating"),
    family: words("李=Li 王=Wang 张=Zhang 刘=Liu 陈=Chen 赵=Zhao 周=Zhou 欧阳=Ouyang"),
    isFamilyFirst: true,
  },
  {
    locale: "ko-KR",
    given: words("지우=Jiwoo 민준=Minjun 서연=Seoyeon 현우=Hyunwoo 하은=Haeun 도윤=Doyun"),
    family: words("김=Kim 이=Lee 박=Park 최=Choi 정=Jung 강=Kang"),
    isFamilyFirst: true,
  },
];

/** An organization of the demo. */
interface DemoOrganization {
  readonly name: string;
  readonly description: string;
  readonly domain: string;
  /** The identity provider that pushes people; undefined: they are invited and added. */
  readonly identityProvider?: "Okta" | "Entra ID";
  /** How many people the identity provider pushes, over the months. */
  readonly size: number;
  /** The languages of most of its people. */
  readonly locales: readonly string[];
}

export const organizations: readonly DemoOrganization[] = [
  {
    name: "Acme Robotics",
    description: "Robots for warehouses. Provisioned by Okta.",
    domain: "acme.example",
    identityProvider: "Okta",
    size: 130,
    locales: ["en-GB", "de-DE", "hi-IN", "pl-PL", "yo-NG"],
  },
  {
    name: "Globex Logistics",
    description: "Freight by sea and rail. Provisioned by Entra ID.",
    domain: "globex.example",
    identityProvider: "Entra ID",
    size: 95,
    locales: ["es-ES", "pt-BR", "tr-TR", "zh-CN", "uk-UA"],
  },
  {
    name: "湊計測 Minato Instruments",
    description: "Measuring instruments. Provisioned by Okta.",
    domain: "minato.example",
    identityProvider: "Okta",
    size: 60,
    locales: ["ja-JP", "ko-KR", "vi-VN"],
  },
  {
    name: "Maple & Finch",
    description: "A design studio that invites its people one by one.",
    domain: "maplefinch.example",
    size: 0,
    locales: ["en-GB", "fr-FR", "nb-NO"],
  },
  {
    name: "Casa Oliva",
    description: "Olive oil, from the grove to the shop.",
    domain: "casaoliva.example",
    size: 0,
    locales: ["es-ES", "fr-FR", "ar-EG"],
  },
  {
    name: "Initech",
    description: "Signed the contract last week; nobody has joined yet.",
    domain: "initech.example",
    size: 0,
    locales: [],
  },
];

export const departments: Readonly<Record<string, readonly string[]>> = {
  Engineering: ["Engineer", "Senior Engineer", "Staff Engineer", "Engineering Manager"],
  Sales: ["Account Executive", "Sales Engineer", "Head of Sales"],
  Support: ["Support Specialist", "Support Lead"],
  Finance: ["Accountant", "Controller", "Payroll Specialist"],
  People: ["Recruiter", "People Partner"],
  Operations: ["Site Manager", "Planner", "Dispatcher"],
};

/** The password of everybody who has one. Public, like the token: the demo listens on this machine alone. */
export const password = "a demo has no secrets 2026";

/** Of the operator: acts in the provider's realm. */
export const token = "muster-demo-provider-admin";
