/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/counterpart.h"

/* clang-format off */
/*
 * The forms in which the members' papers and official lists give one name; the common
 * one first.  A form with a hyphen at its end is only what a patronymic is made from.
 */
const struct counterpart_row counterpart_rows[] = {
	{ 'm', "Александр Аляксандр Олександр Alexander Aleksander Alexandre Aleksandar "
		"Oleksander Alexandru Aleksandrs Aleksandras Alyaksandr Aliaksandr "
		"Aljaksandr Aljaxandr Oleksandr" },
	{ 'm', "Алексей Аляксей Олексій Олекса Alexis Aleksejs Oleksy Aliaksei Aljaksej" },
	{ 'm', "Анатолий Анатоль Анатолій Anatole Anatolijs Anatolie" },
	{ 'm', "Андрей Андрэй Андрій Andrejs Andrejus Andrzej Andrii Andriy" },
	{ 'm', "Антон Антін Anton" },
	{ 'm', "Аркадий Аркадзь Аркадзій Аркадій" },
	{ 'm', "Арсений Арсеній Арсень" },
	{ 'm', "Артём Артем Арцём Артэм Artsiom" },
	{ 'm', "Артемий Арцемій Артемій" },
	{ 'm', "Афанасий Апанас Афанасій Панас Опанас" },
	{ 'm', "Богдан Багдан Bohdan" },
	{ 'm', "Борис Барыс" },
	{ 'm', "Вадим Вадзім" },
	{ 'm', "Валентин Валянцін Валентын Valentyn Valentins" },
	{ 'm', "Валерий Валерый Валерій Валер Valeriu" },
	{ 'm', "Василий Васіль Василь Васілій Vasile Wassili Vasyl Vasilijs" },
	{ 'm', "Вацлав Вацлаў Vaclav Václav Wacław" },
	{ 'm', "Вениамин Веніямін Веніамін" },
	{ 'm', "Виктор Віктар Віктор Victor Viktors Viktoras" },
	{ 'm', "Виталий Віталь Віталій Vitalie Vitalijs" },
	{ 'm', "Владимир Уладзімір Володимир Uladzimir Volodymyr Wladimir Vladimirs "
		"Vladimiras Włodzimierz Uladzimer" },
	{ 'm', "Владислав Уладзіслаў Владзіслаў Владзислав Władysław" },
	{ 'm', "Всеволод Усевалад Всеволад Usevalad" },
	{ 'm', "Вячеслав Вячаслаў В'ячеслав Viatcheslav Vjatjeslav Vacheslav "
		"Vyachaslau Viachaslau Vjatjaslav" },
	{ 'm', "Гавриил Гаўрыіл Гавриїл Гаврила Гаврило Гаўрыла" },
	{ 'm', "Геннадий Генадзь Генадзій Генадий Геннадій Генадій Hienadz Henadz Genadz Guennadi" },
	{ 'm', "Георгий Георгій Георги Георгі Георгіи Giorgi გიორგი Guiorgui Gheorghi "
		"Heorhi Heorhii" },
	{ 'm', "Герасим Гарасім" },
	{ 'm', "Гордей Гардзей Гордій" },
	{ 'm', "Григорий Рыгор Григорій Ryhor Hryhoriy Grigore Grigoriu Gregory" },
	{ 'm', "Давид Давід Davit დავით Դավիթ" },
	{ 'm', "Даниил Данііл Данило Даніла Данила Данил Daniils" },
	{ 'm', "Денис Дзяніс Дзеніс Dzianis Dzjanis Deniss" },
	{ 'm', "Дмитрий Дзмітрый Зміцер Дмитро Змітро Змітрок Dimitri Dzmitry Dmytro "
		"Dumitru Dmitrijs Dmitrijus" },
	{ 'm', "Евгений Яўген Яўгеній Евген Євген Євгеній Eugen Eugene Eugeniu Jauhen "
		"Yauhen Yauheni Jewgeni Yevhen Yauhien Evghenii Jevgenijs" },
	{ 'm', "Евстафий Яўстафій Яўстах" },
	{ 'm', "Егор Ягор Yahor" },
	{ 'm', "Елисей Елісей Ялісей Єлисей" },
	{ 'm', "Емельян Амяльян Омелян Омельян Ямяльян" },
	{ 'm', "Ефим Яфім Юхим Яўхім Юхім" },
	{ 'm', "Захар Захарий Захарій Захарыя Zachar" },
	{ 'm', "Иван Іван Iwan Ivans Ivanas" },
	{ 'm', "Игнатий Ігнат Игнат Ігнацій Ігнатій Гнат" },
	{ 'm', "Игорь Ігар Ігор Ihar Ihor Igors" },
	{ 'm', "Илларион Ларыён Іларіон Иларион" },
	{ 'm', "Илья Ілья Ілля Ілія Иля Ilia Ilie" },
	{ 'm', "Иннокентий Інакенцій Інокентій" },
	{ 'm', "Иосиф Іосіф Йосип Восіп Осип Язэп Yosif Йосиф" },
	{ 'm', "Кирилл Кірыл Кирило Кірыла Кіріл Kyrylo Kirils" },
	{ 'm', "Климент Клімент Климентий Кліменцій" },
	{ 'm', "Кузьма Кузма Козьма" },
	{ 'm', "Константин Канстанцін Костянтин Kanstantsin Kostiantyn Constantin "
		"Konstantyn Konstantins Костантин" },
	{ 'm', "Корней Карней Корній Корнелій" },
	{ 'm', "Лаврентий Лаўрэн Лаўрэнцій Лаврентій" },
	{ 'm', "Лев Леў Лв-" },
	{ 'm', "Леонид Леанід Леонід Leanid Leonids" },
	{ 'm', "Леонтий Лявонцій Леонтій Лявон" },
	{ 'm', "Лукьян Лук'ян" },
	{ 'm', "Максим Максім Maksym Maxime Maksims" },
	{ 'm', "Мартын Марцін Мартин" },
	{ 'm', "Матвей Мацвей Матвій Matsvei" },
	{ 'm', "Мечислав Мечыслаў" },
	{ 'm', "Мирон Мірон" },
	{ 'm', "Мирослав Міраслаў" },
	{ 'm', "Михаил Міхаіл Михайло Міхайла Михайла Міхал Mykhailo Mijail Mikheil "
		"მიხეილ Mihails Mihhail Mixail Михайл- Міхайл-" },
	{ 'm', "Моисей Маісей Мойсей" },
	{ 'm', "Наум Навум" },
	{ 'm', "Никита Мікіта Микита Нікіта Нікита Mykyta" },
	{ 'm', "Никифор Нічыпар Ничипор" },
	{ 'm', "Николай Мікалай Микола Мікола Міколай Mykola Mikalai Nikolajs Nicolae "
		"Nicolai Nikolai Nikolaos Микол- " },
	{ 'm', "Олег Алег Aleh Oleh Olegs" },
	{ 'm', "Осман Усман Osman Usman Othman Uthman عثمان" },
	{ 'm', "Остап Астап" },
	{ 'm', "Павел Павал Павло Paval Pavels Paweł Pawel Павл- Паўл-" },
	{ 'm', "Пантелеймон Панцеляймон" },
	{ 'm', "Пантелей Панцялей" },
	{ 'm', "Пётр Петр Petr Peter Petar Пятро Петро Пятр- Piotr Pyotr Petru Piatro" },
	{ 'm', "Прокофий Пракоп Прокіп Прокопий Прокофій Прокопій" },
	{ 'm', "Радион Родион Радзівон Родіон" },
	{ 'm', "Роман Раман" },
	{ 'm', "Ростислав Расціслаў" },
	{ 'm', "Савелий Савелій Савель" },
	{ 'm', "Самуил Самуіл Самуїл" },
	{ 'm', "Святослав Святаслаў Svjatoslav Sviatoslau" },
	{ 'm', "Севастьян Севасцьян" },
	{ 'm', "Семён Сямён Семен Сімяон Сымон Siamion" },
	{ 'm', "Сергей Сяргей Сергій Siarhei Serhii Serhiy Serge Sergejs Sergejus "
		"Siergiej Сергі Serghei Sergiu Sjarhej " },
	{ 'm', "Спиридон Спірыдон" },
	{ 'm', "Станислав Станіслаў Stanisław Stanislavs" },
	{ 'm', "Степан Сцяпан Stsiapan Scjapan" },
	{ 'm', "Терентий Цярэнцій Терентій" },
	{ 'm', "Тимофей Цімафей Тимофій Цімох Tsimafei" },
	{ 'm', "Тихон Ціхан Тихін" },
	{ 'm', "Трофим Трафім Трохим" },
	{ 'm', "Фёдор Фёдар Федір Хведар Федор Fedir Fiodar Teodor" },
	{ 'm', "Филипп Філіп Пилип Filip" },
	{ 'm', "Фома Фама Хома" },
	{ 'm', "Харитон Харытон" },
	{ 'm', "Эдуард Едуард Edvard" },
	{ 'm', "Юлиан Юльян Юліан" },
	{ 'm', "Юрий Юрый Юрій Юры Iurie Jurijs Jurijus" },
	{ 'm', "Яков Якаў Яків Yakau Jakov Jakovl- Яковл- Якаўл- Якавл-" },
	{ 'm', "Ярослав Яраслаў Jaroslav Jarosław" },

	{ 'm', "Muhammad Мухаммад Мухаммед Мохаммед Muhammad Mohammad Mohammed Mohamed Muhammed "
		"Mohamad Mohamed Muhamed Mohd Мухамед Мухамад Məhəmməd محمد Mahomed "
		"Mohammod Muhamad Mahammad" },
	{ 'm', "Магомед Магомет Магамед Mahomed" },
	{ 'm', "Ahmad Ахмад Ахмед Ahmed Ахмет Ahmet Əhməd Ахмат Ehmed أحمد" },
	{ 'm', "Mahmud Махмуд Mahmoud محمود Mahmood Mehmud" },
	{ 'm', "Abdullah Абдулла Абдуллах Abdallah Abdulla عبدالله" },
	{ 'm', "Ibrahim Ибрагим Ибрахим Ібрагім Ebrahim Ibrohim İbrahim إبراهيم" },
	{ 'm', "Исмаил Исмоил Ismail Ismael İsmayıl Esmail إسماعيل" },
	{ 'm', "Юсуф Yusuf Youssef Yousuf Yousef Youcef Jusuf يوسف" },
	{ 'm', "Умар Омар Umar Omar عمر" },
	{ 'm', "Hussein Хусейн Гусейн Хусаин Husayn Hossein Hosein Hüseyn Hussain "
		"Husain Xuseyn Hocine حسين" },
	{ 'm', "Hasan Хасан Гасан Hassan Həsən Hassane Xasan حسن" },
	{ 'm', "Гасым Касым Qasim Kasim Qosim Qassem Kassem" },
	{ 'm', "Сулейман Сулайман Sulayman Suleiman Süleyman Sulaymon Soleiman "
		"Souleymane سليمان" },
	{ 'm', "Давуд Dawud Daud Dawood Daoud Davud داود" },
	{ 'm', "Халид Khalid Khaled Xalid خالد" },
	{ 'm', "Карим Karim Kareem Kərim كريم" },
	{ 'm', "Саид Said Saeed Səid Saeid سعيد" },
	{ 'm', "Рашид Rashid Rasheed Rəşid Rachid" },
	{ 'm', "Hamid Хамид حميد Hameed Həmid Xamid" },
	{ 'm', "Насер Nasir Nasser Naser Насир" },
	{ 'm', "Saleh Салех Salih Салих صالح" },
	{ 'm', "Мустафа Mustafa Mostafa Moustapha مصطفى" },
	{ 'm', "Али Ali Ali علي" },
	{ 'm', "Муса Musa Moussa Musi موسى" },
	{ 'm', "Иса Isa Issa عيسى" },
	{ 'm', "Yahya Яхья Yahia Yehia يحيى" },
	{ 'm', "Мурад Мурат Мурод Мырат Murat" },
	{ 'm', "Искандер Искендер Искандар İsgəndər Isgandar" },
	{ 'm', "Азад Озод Azod" },
	{ 'm', "Ержан Erjan Yerjan" },
	{ 'm', "Акоп Hakob Հակոբ" },
	{ 'm', "Арутюн Harutyun Harutiun Հարություն" },
	{ 'm', "Овик Hovik Հովիկ" },
	{ 'm', "Айк Hayk Հայկ" },
	{ 'm', "Ованес Ованнес Hovhannes Оганес Hovanes Հովհաննես" },
	{ 'm', "Овсеп Hovsep Հովսեփ" },
	{ 'm', "Грант Hrant Հրանտ" },
	{ 'm', "Геворг Геворк Gevorg Kevork Գևորգ" },

	{ 'f', "Александра Аляксандра Олександра Alexandra" },
	{ 'f', "Алеся Олеся Алеся Alesia" },
	{ 'f', "Анастасия Анастасія Настасся Анастасья Nastassia Настасья" },
	{ 'f', "Ангелина Ангеліна Анхеліна" },
	{ 'f', "Анна Ганна Hanna Ana" },
	{ 'f', "Антонина Антаніна Антоніна" },
	{ 'f', "Валентина Валянціна" },
	{ 'f', "Валерия Валерыя Валерія" },
	{ 'f', "Вера Віра" },
	{ 'f', "Вероника Вераніка Вероніка Veronica" },
	{ 'f', "Виктория Вікторыя Вікторія Victoria" },
	{ 'f', "Галина Галіна Halina Halyna" },
	{ 'f', "Дарья Дар'я Дарія Дарыя Daria" },
	{ 'f', "Диана Дзіяна Діана Dziyana" },
	{ 'f', "Евгения Яўгенія Євгенія Eugenia Yauheniya" },
	{ 'f', "Екатерина Кацярына Катерина Катярына Katsiaryna Kateryna Ecaterina "
		"Catherine Catarina Ekatherine Jekaterina Jekatěrina" },
	{ 'f', "Елена Алена Олена Helena Alena Olena Jelena Yelena Алёна Hélène" },
	{ 'f', "Елизавета Лізавета Єлизавета Елізавета Lizaveta Elizabeth" },
	{ 'f', "Зинаида Зінаіда Зінаїда" },
	{ 'f', "Зоя Зоя" },
	{ 'f', "Ирина Ірына Ірина Iryna Irena" },
	{ 'f', "Ксения Ксенія Xenia" },
	{ 'f', "Лариса Ларыса" },
	{ 'f', "Лидия Лідзія Лідія" },
	{ 'f', "Лилия Лілія Lilija" },
	{ 'f', "Любовь Любоў Любов Liubou" },
	{ 'f', "Людмила Людміла" },
	{ 'f', "Маргарита Маргарыта" },
	{ 'f', "Марина Марына" },
	{ 'f', "Мария Марыя Марія Марья" },
	{ 'f', "Надежда Надзея Надія Nadzeya Nadiia Nadežda" },
	{ 'f', "Наталья Наталля Наталія Наталия Natallia" },
	{ 'f', "Нина Ніна" },
	{ 'f', "Оксана Аксана Oxana" },
	{ 'f', "Ольга Вольга Volha Olha Olga" },
	{ 'f', "Полина Паліна Поліна" },
	{ 'f', "Раиса Раіса Раїса" },
	{ 'f', "Светлана Святлана Світлана Sviatlana Svitlana" },
	{ 'f', "София Соф'я Софія Софья Sophia" },
	{ 'f', "Татьяна Таццяна Тетяна Tatjana Tatsiana Tetiana" },
	{ 'f', "Ульяна Уляна" },
	{ 'f', "Фатима Fatima Fatimah Fatema Fotima Fatma فاطمة" },
	{ 'f', "Юлия Юлія Julia Yulia" },
	{ 'f', "Яна Jana" },
	{ 'm', "Ян Jan" },
	{ 'f', "Янина Яніна Janina" },

	/* surnames that the languages write apart */
	{ 's', "Оганесян Оганнесян Ованесян Ованнисян Hovhannisyan Hovhannesyan "
		"Հովհաննիսյան Oganisyan" },
	{ 's', "Акопян Hakobyan Հակոբյան Акобян Hakopyan" },
	{ 's', "Амбарцумян Hambardzumyan Համբարձումյան Амбардзумян" },
	{ 's', "Геворкян Gevorgyan Գևորգյան Геворгян Kevorkian" },
	{ 's', "Саркисян Sargsyan Սարգսյան Саргсян Sarkisian Sarkissian Сарксян" },
	{ 's', "Хачатурян Khachatryan Խաչատրյան Хачатрян Khachaturyan" },
	{ 's', "Мкртчян Mkrtchyan Մկրտչյան Мкртычян Mkrtichian" },
};
const size_t counterpart_rows_count =
	sizeof(counterpart_rows) / sizeof(counterpart_rows[0]);

const struct counterpart_word counterpart_words[] = {
	{ COUNTERPART_TITLE, "dr prof professor mr mrs ms haji hajji hadji alhaj alhaji hajj "
		"sheikh shaykh sheik shaikh cheikh mullah mulla mollah maulavi "
		"mawlawi maulawi molvi maulana mawlana mowlana qari col "
		"colonel gen general major capt captain lt lieutenant brigadier imam ustad "
		"engineer хаджи мулла шейх генерал полковник доктор plukovník admiral "
		"viceadmiral bishop епископ حاج حاجی الحاج شيخ ملا مولوی دکتر "
		"qori maj sgt sergeant commander" },
	{ COUNTERPART_PARTICLE, "al el ul ur bin ibn bint ben binti ould бин ибн аль эль бен бинт بن ابن بنت ال" },
	{ COUNTERPART_WESTERN, "de da di du del della van von der den la le dos das" },
	{ COUNTERPART_CHILD, "oglu ogly ogli oglou uulu uly uli qyzy kyzy qizi kizi gyzy gizi "
		"оглы оглу огли угли ўғли кызы қызы улы ұлы уулу кизи гызы қизи oʻgʻli ugli "
		"oğlu qızı oghlu" },
	{ COUNTERPART_PREFIX, "abd abdul abdel abdol abdal abdoul abdur abdus abdush abdun abdut "
		"abduz abdud abu abou абд абу عبد ابو أبو" },
	{ COUNTERPART_SUFFIX, "din uddin eddin eddine ullah allah الله الدين "
		"zadeh zade zada zoda зода заде زاده" },
};
const size_t counterpart_words_count =
	sizeof(counterpart_words) / sizeof(counterpart_words[0]);
/* clang-format on */
