/** The English words that the rules read; every language has its own for them. */
type Meaning =
  | 'long'
  | 'short'
  | 'entry'
  | 'stop'
  | 'target'
  | 'close'
  | 'cancelled'
  | 'leverage'
  | 'now'
  | 'at'
  | 'hit'
  | 'if'
  | 'not'
  | 'above'
  | 'below'
  | 'break'
  | 'update'
  | 'move'
  | 'bought'
  | 'sold'
  | 'wait'
  | 'yesterday'
  | 'whales'
  | 'still'
  | 'paper'
  | 'commission'
  | 'pips'
  | 'breakeven'
  | 'BTC'
  | 'ETH'
  | 'SOL'
  | 'XRP'
  | 'DOGE'
  | 'gold'
  | 'silver'
  | 'EURUSD'
  | 'GBPUSD'
  | 'USDJPY'
  | 'EURJPY'
  | 'GBPJPY'
  | 'usd'
  | 'and';

/** `strong` words belong to the language alone; `weak` ones also mean something elsewhere and need a strong one. */
interface Language {
  strong: Partial<Record<Meaning, string>>;
  weak?: Partial<Record<Meaning, string>>;
  /** Written without spaces between words. */
  dense?: boolean;
}

const LANGUAGES: Record<string, Language> = {
  es: {
    strong: {
      pips: 'puntos',
      commission: 'comisi[oó]n(?:es)?',
      paper: 'ejemplo|simulación|demostración',
      still: 'sigo|seguimos|mantenemos|mantengo',
      whales: 'ballenas',
      breakeven: 'punto de equilibrio',
      yesterday: 'ayer',
      long: 'acabo de comprar|compra|compro|compramos|comprar|comprando|en largo|largo|abrimos largo|alcista en largo',
      short: 'acabo de vender|venta|vendo|vendemos|vender|vendiendo|en corto|corto',
      entry: 'precio de entrada|zona de entrada|entrada|entradas|precio|desde',
      stop: 'stop de perdidas?|stop de pérdidas?|parada de pérdidas|límite de pérdidas|pérdida máxima',
      target:
        'salida en|salidas?|toma de ganancias|tomar ganancias|toma de beneficios|recogida de beneficios|objetivos?',
      close: 'cerramos|cerrar|cerrada|cerrado|cierre|cierra|cierren|salimos',
      cancelled: 'canceladas?|cancelados?|cancelamos|anuladas?|anulados?|anulamos',
      leverage: 'apalancamiento',
      now: 'ahora(?: mismo)?',
      hit: 'alcanzad[oa]s?|cumplid[oa]s?|tocad[oa]',
      above: 'por encima de|encima de',
      below: 'por debajo de|debajo de',
      break: 'ruptura|rompe',
      update: 'actualización',
      move: 'mueve|mover|movemos|subir|subimos|suban|sube',
      gold: 'oro',
      silver: 'plata',
      wait: 'esperamos|esperar|esperando',
    },
    weak: { at: 'en|a', if: 'si', and: 'y', target: 'metas?' },
  },
  pt: {
    strong: {
      pips: 'pontos',
      commission: 'taxas|corretagem|comissão',
      paper: 'exemplo|simulação',
      still: 'continuo|sigo|seguimos|mantemos|mantenho',
      whales: 'baleias',
      breakeven: 'zero a zero|0x0',
      yesterday: 'ontem',
      long: 'acabei de comprar|compra|compro|comprar|comprando|comprado em',
      short: 'acabei de vender|venda|vendo|vender|vendendo|vendido em',
      entry: 'preço de entrada|zona de entrada|entrada|entradas|preço',
      stop: 'stop de perda|limite de perda',
      target: 'saída em|realização de lucros?|realizar lucros?|alvos?|objetivos?',
      close:
        'fechamos|fechar|fechem|fechada|fechado|feche|fecha|encerrad[oa]|encerrar|encerramos|saímos|zerei|zerar|zeramos',
      cancelled: 'canceladas?|cancelados?|cancelamos|anulad[oa]s?',
      leverage: 'alavancagem',
      now: 'agora',
      hit: 'atingid[oa]s?|batid[oa]s?|alcançad[oa]s?',
      not: 'não|nao',
      above: 'acima d[eo]s?|acima',
      below: 'abaixo d[eo]s?|abaixo',
      break: 'rompimento|romper',
      update: 'atualização',
      move: 'vai para|mover|movam|subir',
      gold: 'ouro',
      silver: 'prata',
      wait: 'aguardar|aguardando|esperar',
    },
    weak: { at: 'em|a', if: 'se', and: 'e', target: 'metas?' },
  },
  de: {
    strong: {
      pips: 'punkte',
      commission: 'gebühren|gebührenfrei',
      paper: 'beispiel|demokonto|übungskonto',
      still: 'weiterhin|noch immer|bleibe|bleiben',
      whales: 'wale',
      breakeven: 'auf einstand|einstand',
      yesterday: 'gestern',
      long: 'kaufen|kaufe|kauft|kauf',
      short: 'leerverkauf|leerverkaufen|verkaufen|verkaufe|verkauft|verkauf',
      entry: 'einstiegskurs|einstiegszone|einstieg|einstiege|eingang',
      stop: 'stopp-loss|stopploss|stopp|stoppkurs|verlustbegrenzung|absicherung|verluststopp',
      target: 'gewinnmitnahmen?|gewinnziele?|kursziele?|zielkurse?|zielmarken?|ziele?n?|ziel',
      close: 'schließen|schliessen|schließt|geschlossen|glattstellen|glattgestellt|aussteigen|ausgestiegen',
      cancelled: 'storniert|abgesagt|gestrichen|annulliert|ungültig',
      leverage: 'hebel',
      now: 'jetzt|sofort',
      at: 'bei|um|ab|zu',
      hit: 'erreicht|getroffen',
      if: 'wenn|falls|sobald|erst über|erst unter|erst ab|erst nach|erst wenn',
      not: 'nicht|kein|keine|keinen',
      above: 'über|oberhalb',
      below: 'unter|unterhalb',
      break: 'ausbruch|bruch',
      update: 'aktualisierung',
      move: 'nachgezogen|nachziehen|verschieben|anheben',
      bought: 'gekauft',
      wait: 'warten|warte',
    },
    weak: { and: 'und' },
  },
  fr: {
    strong: {
      commission: 'frais|sans commission',
      paper: 'exemple|simulation|démo',
      still: 'toujours|je reste|restons',
      whales: 'baleines',
      breakeven: "à l'équilibre|à l'entrée",
      yesterday: 'hier',
      long: "je viens d'acheter|j'achète|acheter|achète|achetez|achetons|achat|position longue",
      short:
        'je shorte|shortons|shorter|shorte|vente à découvert|à découvert|vendre|vente|vends|vendez|vendons|position courte',
      entry: "prix d'entrée|zone d'entrée|point d'entrée|entrée|entrées",
      stop: 'stop de perte|seuil de perte|arrêt des pertes|perte maximale',
      target: 'prises? de profits?|prises? de bénéfices?|objectifs?|cibles?',
      close: 'fermer|fermez|fermons|fermée?|clôturer|clôturée?|clôture|clôturons|sortir|sortez',
      cancelled: 'annulée?s?|annuler|annulons|annulation',
      leverage: 'effet de levier|levier',
      now: 'maintenant',
      hit: 'atteinte?s?|touchée?s?',
      above: 'au-dessus d[eu]|au dessus d[eu]',
      below: 'en dessous d[eu]|en-dessous d[eu]|sous',
      break: 'cassure',
      update: 'mise à jour',
      move: 'déplacer|déplacez|remonter|remontez|remontée?|relevé',
      wait: 'attendre|attendons',
      gold: "l'or",
    },
    weak: { at: 'à|vers', if: 'si', not: 'pas|ne|jamais', and: 'et' },
  },
  ru: {
    strong: {
      pips: 'пунктов|пункта|пипсов|пипса',
      commission: 'комисси[яийею]',
      paper: 'демо[\\p{L}-]*|пример|учебн\\p{L}+',
      still: 'все еще|всё ещё|остаюсь|держу|держим',
      whales: 'киты|китов',
      breakeven: 'безубыток|бу',
      yesterday: 'вчера',
      long: 'за(?:шел|шёл|хожу|ходим) в лонг|лонги?|лонгуем|лонгую|в лонг|покупка|покупаем|покупаю|покупать|купить|покупай(?:те)?|бай',
      short:
        'за(?:шел|шёл|хожу|ходим) в шорт|шорты?|шортим|шорчу|в шорт|продажа|продаем|продаём|продаю|продавать|продать',
      entry: 'точка входа|цена входа|зона входа|вход|входим|входа',
      stop: 'стоп[- ]?лосс?|стоп|стопы|сл',
      target: 'тейк[- ]?профит|тейки|тейк|цели|цель|тп|таргеты?',
      close: 'закрыть|закрываем|закрываю|закрыли|закрыл|закрыта|закрыто|закрыт|закройте|фиксируем|выходим',
      cancelled: 'отмена|отменена|отменён|отменен|отменено|отменяем|отменяю',
      leverage: 'кредитное плечо|плечо',
      now: 'сейчас|по рынку',
      at: 'от|по|около|на',
      hit: 'достигнут[аоы]?|взят[аоы]?|выполнен[аоы]?|сработал[аио]?',
      if: 'если|при пробое',
      not: 'не',
      above: 'выше',
      below: 'ниже',
      break: 'пробой|пробоя',
      update: 'обновление|апдейт',
      move: 'подтянул|подтягиваем|переносим|переставить|переставляем|двигаем',
      SOL: 'солана|соланы|солану',
      XRP: 'риппл|рипл',
      DOGE: 'догикоин|доги',
      BTC: 'биткоина?|биток|битка',
      ETH: 'эфириума?|эфира?',
      gold: 'золото|золота',
      silver: 'серебро',
      wait: 'ждем|ждём|жду',
      and: 'и',
    },
  },
  tr: {
    strong: {
      commission: 'komisyon(?:suz)?',
      paper: 'örnek|deneme',
      still: 'hâlâ|tutuyorum',
      whales: 'balinalar|balina',
      breakeven: 'başabaş|girişe',
      yesterday: 'dün',
      long: 'alım|alış|alıyorum|alıyoruz|satın al',
      short: 'satış|satıyorum|satıyoruz|açığa satış|açığa sat',
      entry: 'alım bölgesi|alış bölgesi|satış bölgesi|giriş fiyatı|giriş bölgesi|giriş',
      stop: 'zarar durdur|zarar kes|zararı durdur|zarar[- ]?kes',
      target: 'hedefler|hedef fiyat|hedef|kâr al|kar al|kâr hedefi',
      close: 'kapatıldı|kapatın|kapatıyoruz|kapatıyorum|kapat|kapandı|çıkın|çıkış',
      cancelled: 'iptal edildi|iptal ediyoruz|iptal',
      leverage: 'kaldıraç',
      now: 'şimdi|şu an',
      hit: 'ulaşıldı|ulaştı|görüldü|geldi',
      if: 'eğer|gelirse|inerse|geçerse|düşerse|dönerse|ederse|olursa|bulursa|\\p{L}+ürse|\\p{L}+[aı]rsa',
      above: 'üzerinde|üstünde|üstü',
      below: 'altında|altı',
      update: 'güncelleme',
      move: 'taşıyın|çekin',
      gold: 'altın',
      silver: 'gümüş',
      wait: 'bekle|bekliyoruz',
      not: 'değil|almayın|satmayın',
      break: 'kırılırsa|kırılım',
    },
    weak: {
      long: 'al|uzun',
      short: 'sat|kısa',
      and: 've',
      if: '\\p{L}+(?:[ıiuü]r|[ae]r)s[ae]|açacağım|alacağım|satacağım|alacağız|satacağız',
    },
  },
  zh: {
    dense: true,
    strong: {
      pips: '点',
      commission: '手续费|注册送?|返佣',
      paper: '模拟|举例|例如',
      still: '仍|继续持有|持有',
      whales: '巨鲸|鲸鱼',
      breakeven: '保本|成本价',
      yesterday: '昨日|昨天|昨晚',
      long: '现价多|市价多|做多|多单|开多|买入|买进|买多|追多|建多',
      short: '现价空|市价空|做空|空单|开空|卖出|沽空|卖空|追空|建空',
      entry: '入场价?|进场价?|开仓价?|建仓价?|入场点|进场位|入场区间?|买入价|挂单',
      stop: '止损价?位?|止損',
      target: '止盈价?位?点?|目标价?位?点?|第?[一二三四五]?目标|止盈[一二三四五]|獲利',
      close: '平仓|平多|平空|离场|出场|清仓|平倉',
      cancelled: '取消|作废|撤单|失效|撤销',
      leverage: '杠杆|槓桿',
      now: '现价|市价|现在',
      at: '附近|左右',
      hit: '已达到?|到达|达到|命中|触发|已到',
      if: '如果|若|等',
      not: '不要|别|勿|不做',
      above: '上方|以上|站上',
      below: '下方|以下|跌破',
      break: '突破',
      update: '更新',
      move: '移动|上移|下移|移到|移至|推到|改到|调到',
      USDJPY: '美元日元|美元/日元|美日',
      EURUSD: '欧元美元|欧元/美元',
      GBPUSD: '英镑美元|英镑/美元|镑美',
      SOL: '索拉纳|索拉娜',
      XRP: '瑞波币?',
      DOGE: '狗狗币|狗币',
      BTC: '比特币|大饼',
      ETH: '以太坊|以太|姨太',
      gold: '黄金',
      silver: '白银',
      usd: '美元|美金|刀',
      wait: '等待|等到|等回',
    },
  },
  ja: {
    dense: true,
    strong: {
      commission: '手数料|口座開設',
      paper: 'デモ|例えば|練習',
      still: '保有中|保有|継続',
      whales: 'クジラ|大口',
      breakeven: '建値',
      yesterday: '昨日|昨夜|先週',
      long: 'ロング|買い|購入|買う|買った',
      short: 'ショート|空売り|売り|売る',
      entry: 'エントリー(?:価格|ポイント)?|参入|指値',
      stop: '損切り(?:ライン)?|損切|ストップロス|ストップ|逆指値|ロスカット',
      target: '利確(?:ライン|目標)?|利食い|目標(?:価格)?|ターゲット',
      close: '決済|クローズ|手仕舞い|撤退',
      cancelled: 'キャンセル|取消|取り消し|中止|無効|見送り|しない|するな',
      leverage: 'レバレッジ|レバ',
      now: '今すぐ|現在|成行',
      at: 'で|にて|付近',
      hit: '到達|達成|ヒット',
      if: 'もし|なら|たら',
      above: '以上|超え|上抜け',
      below: '以下|割れ|下抜け',
      break: 'ブレイク',
      update: '更新|アップデート',
      move: '移動|引き上げ',
      USDJPY: 'ドル円',
      EURUSD: 'ユーロドル',
      GBPUSD: 'ポンドドル',
      EURJPY: 'ユーロ円',
      GBPJPY: 'ポンド円',
      SOL: 'ソラナ',
      XRP: 'リップル',
      DOGE: 'ドージコイン|ドージ',
      BTC: 'ビットコイン',
      ETH: 'イーサリアム|イーサ',
      gold: 'ゴールド',
      silver: 'シルバー',
      usd: 'ドル',
      wait: '待ち|待つ',
    },
  },
  ko: {
    dense: true,
    strong: {
      pips: '핍|포인트',
      commission: '수수료|가입',
      paper: '모의|예시|연습',
      still: '보유|유지',
      whales: '고래|세력',
      breakeven: '본절|본전',
      yesterday: '어제|지난주',
      long: '롱|매수',
      short: '숏|공매도|매도',
      entry: '진입가?|진입 ?구간',
      stop: '손절가?|스탑로스|스톱로스|스탑|스톱',
      target: '목표가?|익절가?|타겟',
      close: '청산|종료|정리',
      cancelled: '취소|무효|하지 ?마세요|금지',
      leverage: '레버리지',
      now: '지금|현재가?|시장가',
      hit: '도달|달성|터치',
      if: '만약|하면',
      above: '이상',
      below: '이하',
      break: '돌파',
      update: '업데이트|수정',
      move: '이동|올리|옮기|옮겨',
      USDJPY: '달러엔',
      EURUSD: '유로달러',
      SOL: '솔라나',
      XRP: '리플',
      DOGE: '도지코인|도지',
      BTC: '비트코인',
      ETH: '이더리움',
      gold: '골드|금값',
      usd: '달러',
      wait: '대기',
    },
  },
  ar: {
    strong: {
      pips: 'نقطة|نقاط',
      commission: 'رسوم|عمولة|سجل',
      paper: 'تجريبي|تجريبية|مثال',
      still: 'ما زلت|لا زلت|ما زلنا',
      whales: 'الحيتان',
      breakeven: 'نقطة التعادل',
      yesterday: 'أمس|امس',
      long: 'شراء|الشراء|اشتري|نشتري|لونغ|لونج',
      short: 'بيع|البيع|نبيع|شورت',
      entry: 'نقطة الدخول|سعر الدخول|منطقة الدخول|الدخول|دخول',
      stop: 'وقف الخسارة|وقف خسارة|وقف الخساره|إيقاف الخسارة|ايقاف الخسارة|وقف|ستوب',
      target:
        'جني الأرباح|جني الارباح|الأهداف|الاهداف|أهداف|اهداف|الهدف(?: (?:الأول|الثاني|الثالث))?|هدف(?: (?:أول|اول|ثاني|ثالث))?',
      close: 'إغلاق|اغلاق|أغلق|اغلق|إقفال|اقفال|تم الإغلاق|خروج',
      cancelled: 'تم الإلغاء|تم إلغاء|ملغي|ملغية|ملغاة|إلغاء|الغاء|ألغيت',
      leverage: 'الرافعة المالية|رافعة مالية|الرافعة|رافعة',
      now: 'الآن|الان',
      at: 'عند|من|حول',
      hit: 'تم تحقيق|تحقق|تحققت|تم ضرب|وصل',
      if: 'إذا|اذا|في حال',
      not: 'لا',
      above: 'فوق|أعلى',
      below: 'تحت|أسفل|دون',
      break: 'كسر|اختراق',
      update: 'تحديث',
      move: 'نقل|حرك',
      SOL: 'سولانا',
      XRP: 'ريبل',
      BTC: 'البيتكوين|بيتكوين|البتكوين|بتكوين',
      ETH: 'الإيثريوم|إيثريوم|ايثيريوم|الايثيريوم|إيثيريوم',
      gold: 'الذهب|ذهب',
      silver: 'الفضة|فضة',
      and: 'و',
      wait: 'ننتظر|انتظار',
    },
  },
  id: {
    strong: {
      pips: 'poin',
      commission: 'biaya|daftar',
      paper: 'contoh|latihan',
      still: 'masih',
      whales: 'paus',
      breakeven: 'titik impas',
      yesterday: 'kemarin',
      long: 'beli|membeli|buka long',
      short: 'jual|menjual|buka short',
      entry: 'harga masuk|titik masuk|area masuk|masuk|entri',
      stop: 'batas rugi|batas kerugian|cut loss|cutloss|hentikan kerugian',
      target: 'ambil untung|ambil profit|sasaran|target harga',
      close: 'tutup|ditutup|tutup posisi|keluar',
      cancelled: 'dibatalkan|batalkan|batal',
      leverage: 'daya ungkit',
      now: 'sekarang',
      hit: 'tercapai|kena|tersentuh',
      if: 'jika|kalau|apabila',
      not: 'jangan|tidak',
      above: 'di atas',
      below: 'di bawah',
      break: 'tembus',
      update: 'pembaruan',
      move: 'pindahkan|geser',
      gold: 'emas',
      wait: 'tunggu',
    },
    weak: { at: 'di|pada', and: 'dan' },
  },
  vi: {
    strong: {
      commission: 'miễn phí|đăng ký',
      paper: 'ví dụ|thử nghiệm',
      still: 'vẫn|đang giữ',
      whales: 'cá voi',
      breakeven: 'hòa vốn',
      yesterday: 'hôm qua',
      long: 'mua',
      short: 'bán khống|bán',
      entry: 'điểm vào lệnh|điểm vào|vào lệnh|giá vào|vùng mua|vùng bán|vùng vào|vùng giá|vùng|giá|vào',
      stop: 'cắt lỗ|dừng lỗ|chặn lỗ',
      target: 'chốt lời|mục tiêu',
      close: 'đóng lệnh|đóng vị thế|đóng|thoát lệnh|thoát',
      cancelled: 'hủy lệnh|huỷ lệnh|hủy|huỷ|đã hủy',
      leverage: 'đòn bẩy',
      now: 'bây giờ|ngay bây giờ|ngay',
      at: 'tại|quanh|ở',
      hit: 'đạt|chạm|đã đạt',
      if: 'nếu',
      not: 'không|đừng',
      above: 'trên',
      below: 'dưới',
      break: 'phá vỡ|vượt',
      update: 'cập nhật',
      move: 'dời',
      gold: 'vàng',
      and: 'và',
      wait: 'chờ',
    },
  },
};

interface Dictionary {
  pattern: RegExp;
  meanings: readonly { pattern: RegExp; meaning: string }[];
}

const DICTIONARIES = Object.values(LANGUAGES).map(({ strong, weak = {}, dense = false }) => ({
  strong: compile(strong, dense),
  weak: compile(weak, dense),
}));

function compile(words: Partial<Record<Meaning, string>>, dense: boolean): Dictionary {
  const phrases = Object.values(words)
    .flatMap((each) => each.split(/\|(?![^()]*\))/u))
    .toSorted((a, b) => b.length - a.length)
    .join('|');
  const bounded = dense ? `(?:${phrases})` : `(?<![\\p{L}'])(?:${phrases})(?![\\p{L}])`;
  return {
    pattern: new RegExp(phrases === '' ? '(?!)' : bounded, 'giu'),
    meanings: Object.entries(words).map(([meaning, list]) => ({
      meaning,
      pattern: new RegExp(`^(?:${list})$`, 'iu'),
    })),
  };
}

/** Polite endings of Korean and Japanese verbs, which mean nothing to a trade. */
const VERB_ENDINGS =
  /(?:했습니다|합니다|하세요|했어요|입니다|しました|ました|します|ます|です|açtım|açıyorum|açtık)/gu;
/** `突破66000再追多`: only then. */
const THEN_TRADE = /再(?=追|做|开|进|考虑|入|买|接)/gu;
/** The side behind a price: `2340空`. */
const BARE_SHORT = /(?<=\d\s?)空(?!\p{L})/gu;
const BARE_LONG = /(?<=\d\s?)多(?!\p{L})/gu;
/** Turkish endings behind names and numbers: `BTC'de`, `3040'tan`. */
const TURKISH_CASES = /(?<=[A-Z]{2}|\d)'(?:[dt][ea]n?|y?[eaıiuü]|n?[ıiuü]n|l[ea]r)(?!\p{L})/gu;
/** Hundreds of millions: `1.2亿`. */
const HUNDRED_MILLIONS = /(\d+(?:\.\d+)?)\s?[亿億억](?!\d)/gu;
/** Ten thousands of East Asian writing: `6.5万`, `6만`. */
const TEN_THOUSANDS = /(\d+(?:\.\d+)?)\s?[万萬만](?![\p{L}\d])/gu;

/** Letters of a writing other than the Latin one, and Latin letters that English does without. */
const FOREIGN = /(?!\p{Script=Latin})\p{L}/u;
const ACCENTED = /[\u00C0-\u024F\u1E00-\u1EFF]/u;

/** A text with the trading words of twelve languages in English; says whether it holds letters of a foreign writing. */
export interface ReadText {
  text: string;
  isForeign: boolean;
  isTranslated: boolean;
}

/** The `倍`, `배` and Cyrillic `х` behind a leverage. */
const TIMES = /(?<=\d)\s?(?:倍|배|х)/gu;

/** Returns the text with the words for sides, levels and follow-ups of every language that is read, in English. */
export function inEnglish(plain: string): ReadText {
  const numbered = plain
    .replace(TEN_THOUSANDS, (_whole, digits: string) => ` ${Number(digits) * 10_000} `)
    .replace(HUNDRED_MILLIONS, (_whole, digits: string) => ` ${Number(digits) * 100_000_000} `)
    .replace(THEN_TRADE, '如果')
    .replace(BARE_SHORT, ' 做空 ')
    .replace(BARE_LONG, ' 做多 ')
    .replace(TURKISH_CASES, '')
    .replace(TIMES, 'x ')
    .replace(VERB_ENDINGS, ' ');
  const text = DICTIONARIES.reduce((read, { strong, weak }) => {
    const translated = translate(read, strong);
    return translated === read ? read : translate(translated, weak);
  }, numbered);
  const isTranslated = text !== numbered;
  return {
    text: text.replace(/ {2,}/gu, ' '),
    isForeign: FOREIGN.test(plain) || ACCENTED.test(plain),
    isTranslated,
  };
}

const translate = (text: string, { pattern, meanings }: Dictionary): string =>
  text.replace(pattern, (word) => ` ${meanings.find((each) => each.pattern.test(word))?.meaning ?? word} `);
