// What people do in more than one test.

/** From the front door of the company's side to the page with the free times. */
export async function answerUpToTheSlots(company, email) {
  await company.visit("/");
  await company.press("相談を申し込む");
  await company.press("申込みを始める");
  await answerQuestions(company, email);
}

/** From the first question of an application to the page with the free times. */
export async function answerQuestions(company, email) {
  await company.pick("相談の分野", "ICT", "労務管理");
  await company.pick("ICTのテーマ", "勤怠・業務管理ツール");
  await company.type({ 困っていること: "在宅勤務の勤怠管理と、規程の作り方に困っています。" });
  await company.pick("実施方法", "オンライン");
  await company.press("次へ進む");
  await company.type({
    会社の正式名称: "株式会社みなと製作所",
    フリガナ: "みなとせいさくしょ",
    郵便番号: "２３１ー０００１",
    市区町村: "横浜市中区",
    "町域・番地": "見本町1-2-3",
    総従業員数: "28人",
    うち常時雇用する人数: "25",
    資本金: "1000万円",
  });
  await company.select({ 組織区分: "株式会社", 都道府県: "神奈川県", 業種: "製造業" });
  await company.pick("テレワーク導入状況", "導入していないが予定がある");
  await company.press("次へ進む");
  await company.type({
    担当者の氏名: "山田 花子",
    フリガナ: "やまだ はなこ",
    メールアドレス: email,
    電話番号: "045-000-0000",
  });
  await company.press("次へ進む");
}

/** On the page that asks for it; leads to where the visitor wanted to be. */
export async function signIn(visitor, email, password) {
  await visitor.type({ メールアドレス: email });
  await visitor.typePassword("パスワード", password);
  await visitor.press("ログインする");
}
