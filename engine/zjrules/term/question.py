"""What the prover asks of rules, by kind: the words that 认可 and the reports use."""

from __future__ import annotations

QUESTIONS = {
    "下界": "得分不低于 0 分",
    "上界": "得分不超过满分",
    "满分": "满分取得到",
    "零分": "0 分取得到",
    "有值": "事实齐了就算得出：不除以 0，没有空的明细，每种情形都有说法",
    "到达": "每一档、每种情形、每条不适用和须佐证都轮得到",
    "重叠": "两头都有界线的档不重叠",
    "方向": "随每项事实往哪个方向变；写了「随」的照写的证",
    "断崖": "一项事实改最小的一步（一分钱、一天、一处），得分最多跳多少",
    "影响": "每项事实都会改变得分",
    "作用": "每一条（扣分项、要点、档、上下限、不适用）去掉了，得分会不同",
    "词": "每个用到的词，给出的值不总是同一个",
    "分值": "下级的分值加起来等于上级的",
    "总分": "总分在 0 至满分之内",
    "等级": "每个等级都取得到",
    "勾稽": "每条勾稽既能通过，也能不通过",
}
"""The kinds of questions, in the order in which they are asked, each with what is so where it is proved."""
