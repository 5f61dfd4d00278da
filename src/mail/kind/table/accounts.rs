//! The mails about access.

macro_rules! accounts {
    ($next:ident $($after:ident)* { $($before:tt)* }) => {
        $next! { $($after)* {
            $($before)*
            SignIn = "sign_in", "ログイン用リンク", asked_for {
                SignIn to Company, "ログイン用のリンク", [Link] [LinkUntil], reaches_unconfirmed;
            }
            ResumeDraft = "resume_draft", "申込み再開用リンク", asked_for {
                ResumeDraft to Company, "申込みの続きを入力するリンク", [Link] [DraftUntil], reaches_unconfirmed;
            }
            Invitation = "invitation", "利用者の招待", of_account {
                Invitation to Staff, "利用者の登録のご案内", [Link] [Role, LinkUntil];
            }
            PasswordReset = "password_reset", "パスワードの再設定", asked_for, of_account {
                PasswordReset to Staff, "パスワードの再設定", [Link] [LinkUntil];
            }
            PasswordChanged = "password_changed", "パスワードの変更のお知らせ" {
                PasswordChanged to Staff, "パスワードが変更されました", [Link] [OccurredAt];
            }
            NewDevice = "new_device", "新しい端末のお知らせ" {
                NewDevice to Staff, "新しい端末からログインがありました", [Link] [OccurredAt, Device, Network];
            }
            SignInLocked = "sign_in_locked", "ログインの停止のお知らせ" {
                SignInLocked to Staff, "ログインの失敗が続いています", [Link] [OccurredAt, Network];
            }
            CodesClosed = "codes_closed", "確認コードの誤りのお知らせ" {
                CodesClosed to Staff, "確認コードの誤りが続いています", [Link] [OccurredAt, Network];
            }
            CodesRenewed = "codes_renewed", "予備コードの作り直しのお知らせ" {
                CodesRenewed to Staff, "予備コードが作り直されました", [Link] [OccurredAt];
            }
            FactorSet = "factor_set", "2段階認証の設定のお知らせ" {
                FactorSet to Staff, "2段階認証が設定されました", [Link] [OccurredAt];
            }
            FactorRemoved = "factor_removed", "2段階認証の解除のお知らせ" {
                FactorRemoved to Staff, "2段階認証が解除されました", [Link] [OccurredAt];
            }
            FactorReset = "factor_reset", "管理者による2段階認証の解除のお知らせ" {
                FactorReset to Staff, "管理者が2段階認証を解除しました", [Link] [OccurredAt];
            }
        }}
    };
}
